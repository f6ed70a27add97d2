import type { EventRecord, Position, SubscribeInput } from '@kakunin/event-log';
import type { Consumer } from '@platformatic/kafka';
import { setTimeout as delay } from 'node:timers/promises';
import { toEventLogError } from './errors.ts';
import type { KafkaEventLogOptions } from './kafka-options.ts';
import { openConsumer } from './open-consumer.ts';
import { Reading } from './reading.ts';

const REBALANCE_LIMIT_MILLISECONDS = 30_000;
const LEAVE_LIMIT_MILLISECONDS = 5_000;
/** The client itself repeats a commit for minutes; a subscription that closes must not wait for brokers that are away. */
const COMMIT_LIMIT_MILLISECONDS = 5_000;
const PAUSE_BETWEEN_COMMITS_MILLISECONDS = 250;

export interface GroupMembershipInput {
  readonly options: KafkaEventLogOptions;
  readonly group: string;
  readonly subscription: SubscribeInput;
  /** Aborted when the subscription closes. */
  readonly signal: AbortSignal;
}

/** One membership of a consumer group, from joining to leaving; after a fault a new one is made. */
export class GroupMembership {
  private readonly consumer: Consumer;
  /** Ends the reading in progress: the group gave out its partitions anew, or the client gave up. */
  private generation = new AbortController();
  private failure: Error | undefined;

  constructor(private readonly input: GroupMembershipInput) {
    const { group, options, subscription } = input;
    const sessionTimeout = options.sessionTimeoutMilliseconds ?? 10_000;
    const timing = {
      sessionTimeout,
      rebalanceTimeout: REBALANCE_LIMIT_MILLISECONDS,
      heartbeatInterval: Math.floor(sessionTimeout / 5),
      heartbeatStallTimeout: REBALANCE_LIMIT_MILLISECONDS,
    };
    this.consumer = openConsumer(options, { groupId: group, ...timing }, subscription);
    this.consumer.on('consumer:group:join', () => this.generation.abort());
    this.consumer.on('consumer:heartbeat:stalled', ({ lastError }) =>
      this.fail(lastError ?? new Error('no heartbeat')),
    );
    // The client emits it when rejoining failed; it is not among its declared events.
    (this.consumer as NodeJS.EventEmitter).on('error', (error: Error) => this.fail(error));
  }

  /** Resolves when the subscription closes. @throws what went wrong */
  async run(): Promise<void> {
    const { signal } = this.input;
    try {
      await this.consumer.joinGroup({});
      while (!signal.aborted) {
        await this.readGeneration();
        if (this.failure) throw this.failure;
      }
    } finally {
      await within(LEAVE_LIMIT_MILLISECONDS, this.consumer.close(true)).catch(() => undefined);
    }
  }

  private fail(error: Error): void {
    this.failure = error;
    this.generation.abort();
  }

  private async readGeneration(): Promise<void> {
    const generation = new AbortController();
    this.generation = generation;
    const positions = await this.committed();
    const ended = AbortSignal.any([generation.signal, this.input.signal]);
    const reading = new Reading({
      consumer: this.consumer,
      subscription: this.input.subscription,
      positions,
      signal: ended,
      onHandled: (last, leaderEpoch) => this.commit(last, { leaderEpoch, ended, generation: generation.signal }),
    });
    await reading.run();
  }

  private async committed(): Promise<readonly Position[]> {
    const topics = this.consumer.assignments ?? [];
    if (topics.length === 0) return [];
    const committed = await this.consumer.listCommittedOffsets({ topics });
    return topics.flatMap(({ topic, partitions }) =>
      partitions.map((partition) => {
        // Kafka says −1 for "never committed".
        const offset = committed.get(topic)?.[partition] ?? -1n;
        return { topic, partition, nextOffset: offset < 0n ? 0n : offset };
      }),
    );
  }

  /** Tries again while the partitions are this member's; what stays uncommitted is handed over once more. */
  private async commit(
    { topic, partition, offset }: EventRecord,
    { leaderEpoch, ended, generation }: { leaderEpoch: number; ended: AbortSignal; generation: AbortSignal },
  ): Promise<void> {
    while (!generation.aborted) {
      try {
        const commit = this.consumer.commit({ offsets: [{ topic, partition, offset: offset + 1n, leaderEpoch }] });
        return await within(COMMIT_LIMIT_MILLISECONDS, commit);
      } catch (error) {
        this.input.subscription.onFault(toEventLogError(error));
        if (ended.aborted) return;
        await delay(PAUSE_BETWEEN_COMMITS_MILLISECONDS, undefined, { signal: ended }).catch(() => undefined);
      }
    }
  }
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => limit.reject(new Error(`Kafka did not answer within ${milliseconds / 1_000} s.`)),
    milliseconds,
  );
  try {
    return await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
