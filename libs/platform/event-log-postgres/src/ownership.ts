import type { Position, SubscribeInput } from '@kakunin/event-log';
import type { EventStore } from './event-store.ts';
import { GroupSession } from './group-session.ts';
import { sameAs } from './partition-id.ts';
import { PartitionReader } from './partition-reader.ts';

/** Which partitions a subscription reads, and where it begins. */
export interface Ownership {
  /** Brings the readers in line with what is this subscription's now. @throws EventLogError `unavailable` */
  readers(ends: readonly Position[]): Promise<readonly PartitionReader[]>;
  /** Stops all readers after their batch in hand. */
  close(): Promise<void>;
}

export interface OwnershipInput {
  readonly url: string;
  readonly store: Pick<EventStore, 'read'>;
  readonly subscription: SubscribeInput;
  /** Aborted when the subscription stops: no further batch is handed over. */
  readonly signal: AbortSignal;
  /** Something changed: the readers should be asked for soon. */
  readonly onChange: () => void;
}

/** Every partition, from positions that the subscriber knows; nothing is committed. */
export class EveryPartition implements Ownership {
  private all: readonly PartitionReader[] | undefined;

  constructor(
    private readonly input: OwnershipInput,
    private readonly positions: readonly Position[],
  ) {}

  async readers(ends: readonly Position[]): Promise<readonly PartitionReader[]> {
    const { store, subscription, signal } = this.input;
    this.all ??= ends.map(({ topic, partition }) => {
      const nextOffset = this.positions.find(sameAs({ topic, partition }))?.nextOffset ?? 0n;
      return new PartitionReader({
        id: { topic, partition },
        store,
        subscription,
        signal,
        nextOffset,
        commit: async () => {},
      });
    });
    return this.all;
  }

  async close(): Promise<void> {
    await Promise.all((this.all ?? []).map((reader) => reader.stop()));
  }
}

/** The share of one member of a group. */
export class GroupShare implements Ownership {
  private session: GroupSession | undefined;
  private held: PartitionReader[] = [];
  /** Readers that end: their partitions are not taken up again before. */
  private readonly ending = new Set<Promise<void>>();
  private readonly releasing = new WeakSet<PartitionReader>();

  constructor(
    private readonly input: OwnershipInput,
    private readonly group: string,
  ) {}

  async readers(ends: readonly Position[]): Promise<readonly PartitionReader[]> {
    const session = (this.session ??= await this.join());
    const mine = await session.share(ends);
    for (const reader of this.held) {
      if (reader.ended || !mine.some(sameAs(reader.id))) this.release(session, reader);
    }
    for (const { topic, partition } of mine) {
      const id = { topic, partition };
      if (this.held.some((reader) => sameAs(id)(reader.id)) || !(await session.tryLock(id))) continue;
      const nextOffset = await session.committed(id);
      const commit = (from: bigint, to: bigint) => session.commit(id, from, to);
      const { store, subscription, signal } = this.input;
      // The connection may have been lost while it was asked.
      if (this.session === session)
        this.held.push(new PartitionReader({ id, store, subscription, signal, nextOffset, commit }));
    }
    return this.held.filter((reader) => !reader.ended);
  }

  async close(): Promise<void> {
    await Promise.all([...this.held.map((reader) => reader.stop()), ...this.ending]);
    await this.session?.leave();
  }

  private async join(): Promise<GroupSession> {
    await Promise.all(this.ending);
    const { url, subscription, onChange } = this.input;
    const onLost = (): void => {
      this.session = undefined;
      for (const reader of this.held.splice(0)) this.finish(reader.stop());
      onChange();
    };
    return GroupSession.join({ url, group: this.group, topics: subscription.topics, onLost });
  }

  private release(session: GroupSession, reader: PartitionReader): void {
    if (this.releasing.has(reader)) return;
    this.releasing.add(reader);
    this.finish(this.letGo(session, reader));
  }

  private async letGo(session: GroupSession, reader: PartitionReader): Promise<void> {
    await reader.stop();
    await session.unlock(reader.id).catch(() => undefined);
    this.held = this.held.filter((other) => other !== reader);
    this.input.onChange();
  }

  private finish(end: Promise<void>): void {
    this.ending.add(end);
    void end.finally(() => this.ending.delete(end));
  }
}
