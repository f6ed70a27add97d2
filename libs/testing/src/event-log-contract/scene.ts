import type {
  EventLog,
  EventLogAdmin,
  EventRecord,
  NewEvent,
  SubscribeInput,
  Subscription,
  TopicDeclaration,
} from '@kakunin/event-log';
import { randomUUID } from 'node:crypto';
import { expect, vi } from 'vitest';

/** What the suite needs of an adapter: a real log, and the power to take it away. */
export interface EventLogUnderTest {
  /** Another client of the same log, as another process would have; the suite closes it, at times twice. */
  open(): Promise<EventLog & EventLogAdmin>;
  /** Takes the log away, and brings it back; absent when the log is not the suite's own. */
  readonly pause?: (() => Promise<void>) | undefined;
  readonly resume?: (() => Promise<void>) | undefined;
}

export const PARTITIONS = 4;
export const LIMIT_MILLISECONDS = 30_000;

export const until = (condition: () => unknown) =>
  vi.waitFor(() => expect(condition()).toBeTruthy(), { timeout: LIMIT_MILLISECONDS, interval: 10 });

export const declare = (name: string, partitions = PARTITIONS): TopicDeclaration => ({
  name,
  key: 'any',
  partitions,
  retention: 'forever',
  schema: 'any',
});

/** One scene of the suite: a topic of its own, and clients that are closed at its end. */
export class Scene {
  readonly topic = `contract-${randomUUID()}`;
  private readonly opened: (EventLog & EventLogAdmin)[] = [];

  constructor(readonly log: EventLogUnderTest) {}

  async open(): Promise<EventLog & EventLogAdmin> {
    const client = await this.log.open();
    this.opened.push(client);
    return client;
  }

  async prepared(): Promise<EventLog & EventLogAdmin> {
    const client = await this.open();
    await client.createTopics([declare(this.topic)]);
    return client;
  }

  event(key: string, n: number, value: Uint8Array = Buffer.from(`${key}:${n}`)): NewEvent {
    return { topic: this.topic, key, value, headers: { producer: 'contract', sequence: n.toString() } };
  }

  events(count: number, from = 0): NewEvent[] {
    return Array.from({ length: count }, (_, n) => this.event(`key-${(from + n) % 7}`, from + n));
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((client) => client.close()));
  }
}

/** A subscriber that remembers what it was handed, in order. */
export class Reader {
  readonly records: EventRecord[] = [];
  readonly faults: unknown[] = [];
  subscription: Subscription | undefined;

  async subscribe(
    log: EventLog,
    input: Pick<SubscribeInput, 'topics' | 'start'> & Partial<SubscribeInput>,
  ): Promise<this> {
    this.subscription = await log.subscribe({
      maxBatchSize: 100,
      onBatch: async (batch) => void this.records.push(...batch),
      onFault: (error) => void this.faults.push(error),
      ...input,
    });
    return this;
  }

  get sequences(): ReadonlySet<string | undefined> {
    return new Set(this.records.map(({ headers }) => headers['sequence']));
  }
}

export const group = (name: string) => ({ kind: 'group', group: name }) as const;
export const fromStart = { kind: 'positions', positions: [] } as const;

/** The numbers of one key, in the order in which they came, without repetitions of what came before. */
export function firstDeliveries(records: readonly EventRecord[], key: string): number[] {
  const numbers = records.filter((record) => record.key === key).map(({ headers }) => Number(headers['sequence']));
  return [...new Set(numbers)];
}

export const sorted = (numbers: readonly number[]): number[] => numbers.toSorted((a, b) => a - b);

/** Promises of the port by the sentence that states them. */
export type Promises = Readonly<Record<string, (scene: Scene) => Promise<void>>>;
