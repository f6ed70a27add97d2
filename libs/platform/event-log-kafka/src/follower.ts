import type { Position, SubscribeInput } from '@kakunin/event-log';
import type { KafkaEventLogOptions } from './kafka-options.ts';
import { openConsumer } from './open-consumer.ts';
import { Reading } from './reading.ts';

export interface FollowerInput {
  readonly options: KafkaEventLogOptions;
  readonly subscription: SubscribeInput;
  readonly signal: AbortSignal;
}

/** Reads every partition from positions that it keeps itself, in no group. */
export class Follower {
  constructor(
    private readonly input: FollowerInput,
    private positions: readonly Position[],
  ) {}

  /** Resolves when the subscription closes; can be called again after a fault, and goes on where it was. */
  async run(): Promise<void> {
    const { options, signal, subscription } = this.input;
    // The client wants a name for a group that is never joined.
    const consumer = openConsumer(options, { groupId: 'kakunin-follower' }, subscription);
    try {
      consumer.assignments = subscription.topics.map((topic) => ({
        topic,
        partitions: this.positions.filter((position) => position.topic === topic).map(({ partition }) => partition),
      }));
      const onHandled = async ({ topic, partition, offset }: { topic: string; partition: number; offset: bigint }) => {
        this.positions = this.positions.map((position) =>
          position.topic === topic && position.partition === partition
            ? { topic, partition, nextOffset: offset + 1n }
            : position,
        );
      };
      await new Reading({ consumer, subscription, positions: this.positions, signal, onHandled }).run();
    } finally {
      await consumer.close(true).catch(() => undefined);
    }
  }
}
