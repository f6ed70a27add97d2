import {
  EventLogError,
  type EventBatch,
  type EventLog,
  type EventRecord,
  type NewEvent,
  partitionOf,
  type Position,
  type SubscribeInput,
  type Subscription,
  type TopicDeclaration,
} from '@kakunin/event-log';
import { setTimeout as sleep } from 'node:timers/promises';

/** The event log as a fake: in this process, kept nowhere, one member per group. `away` makes it unavailable. */
export class InMemoryEventLog implements EventLog {
  away = false;
  private readonly topics: ReadonlyMap<string, EventRecord[][]>;
  private readonly committed = new Map<string, bigint>();

  /** @param pollMilliseconds how often a reader who has read everything looks again */
  constructor(
    topics: readonly Pick<TopicDeclaration, 'name' | 'partitions'>[],
    private readonly pollMilliseconds = 2,
  ) {
    this.topics = new Map(topics.map(({ name, partitions }) => [name, Array.from({ length: partitions }, () => [])]));
  }

  async append(events: readonly NewEvent[]): Promise<readonly Position[]> {
    const touched = new Map<string, Position>();
    for (const { topic } of events) this.partitionsOf(topic);
    for (const event of events) {
      const partitions = this.partitionsOf(event.topic);
      const partition = partitionOf(event.key, partitions.length);
      const records = partitions[partition] ?? [];
      records.push({ ...event, partition, offset: BigInt(records.length), timestamp: Date.now() });
      touched.set(`${event.topic}/${partition}`, { topic: event.topic, partition, nextOffset: BigInt(records.length) });
    }
    return [...touched.values()];
  }

  async subscribe(input: SubscribeInput): Promise<Subscription> {
    const open = { value: true };
    const loops = input.topics.flatMap((topic) =>
      this.partitionsOf(topic).map((_, partition) => this.follow(input, { topic, partition, open })),
    );
    return {
      close: async () => {
        open.value = false;
        await Promise.all(loops);
      },
    };
  }

  async endPositions(topic: string): Promise<readonly Position[]> {
    return this.partitionsOf(topic).map((records, partition) => ({
      topic,
      partition,
      nextOffset: BigInt(records.length),
    }));
  }

  async committedPositions(topic: string, group: string): Promise<readonly Position[]> {
    return this.partitionsOf(topic).map((_, partition) => ({
      topic,
      partition,
      nextOffset: this.committed.get(`${group}/${topic}/${partition}`) ?? 0n,
    }));
  }

  async close(): Promise<void> {}

  private async follow(input: SubscribeInput, at: { topic: string; partition: number; open: { value: boolean } }) {
    const { start } = input;
    const name = start.kind === 'group' ? `${start.group}/${at.topic}/${at.partition}` : undefined;
    let next = name
      ? (this.committed.get(name) ?? 0n)
      : start.kind === 'positions'
        ? (start.positions.find((p) => p.topic === at.topic && p.partition === at.partition)?.nextOffset ?? 0n)
        : 0n;
    while (at.open.value) {
      const records = this.topics.get(at.topic)?.[at.partition] ?? [];
      const [first, ...rest] = records.slice(Number(next), Number(next) + input.maxBatchSize);
      if (first === undefined || this.away) {
        await sleep(this.pollMilliseconds);
        continue;
      }
      const batch: EventBatch = [first, ...rest];
      const handled = await input.onBatch(batch).then(
        () => true,
        () => false,
      );
      if (!handled) {
        await sleep(this.pollMilliseconds);
        continue;
      }
      next += BigInt(batch.length);
      if (name) this.committed.set(name, next);
    }
  }

  private partitionsOf(topic: string): EventRecord[][] {
    if (this.away) throw new EventLogError('unavailable', 'The event log is away.');
    const partitions = this.topics.get(topic);
    if (!partitions) throw new EventLogError('unknown_topic', `The topic ${topic} does not exist.`);
    return partitions;
  }
}
