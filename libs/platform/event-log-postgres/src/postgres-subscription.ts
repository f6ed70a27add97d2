import type { SubscribeInput, Subscription } from '@kakunin/event-log';
import type { EventStore } from './event-store.ts';
import { EveryPartition, GroupShare, type Ownership } from './ownership.ts';
import type { Wakeup, Watch } from './wakeup.ts';

export interface PostgresSubscriptionInput {
  readonly url: string;
  readonly store: Pick<EventStore, 'read' | 'endPositions'>;
  readonly wakeup: Wakeup;
  readonly subscription: SubscribeInput;
}

/** Looks for news whenever woken, and lets the readers of its partitions run after them. */
export class PostgresSubscription implements Subscription {
  private readonly stopping = new AbortController();
  private readonly ownership: Ownership;
  private readonly watch: Watch;
  private readonly running: Promise<void>;

  constructor(private readonly input: PostgresSubscriptionInput) {
    const { url, store, subscription, wakeup } = input;
    this.watch = wakeup.watch(subscription.topics);
    const { signal } = this.stopping;
    const ownershipInput = { url, store, subscription, signal, onChange: () => this.watch.wake() };
    const { start } = subscription;
    this.ownership =
      start.kind === 'group'
        ? new GroupShare(ownershipInput, start.group)
        : new EveryPartition(ownershipInput, start.positions);
    this.running = this.run();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.ownership.close();
    this.input.wakeup.forget(this.watch);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.look().catch((error: unknown) => this.input.subscription.onFault(error));
      await this.watch.wait(signal);
    }
  }

  private async look(): Promise<void> {
    const ends = await this.input.store.endPositions(this.input.subscription.topics);
    const readers = await this.ownership.readers(ends);
    for (const { topic, partition, nextOffset } of ends) {
      readers.find(({ id }) => id.topic === topic && id.partition === partition)?.readUpTo(nextOffset);
    }
  }
}
