import { EventLogError, type EventLogAdmin, type Position, type TopicDeclaration } from '@kakunin/event-log';
import { Admin, ListOffsetTimestamps } from '@platformatic/kafka';
import { setTimeout as sleep } from 'node:timers/promises';
import { isProtocolError, isUnknownTopic, toEventLogError, unknownTopic } from './errors.ts';
import { clientOptions, type KafkaEventLogOptions, reportUnreachable } from './kafka-options.ts';

/** Largest batch of records that a topic takes, in bytes: four times Kafka's default, for sealed usage segments. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** Kafka deletes whole segments, and fills one for a week by default: followers would replay a week of an hour's topic. */
const segmentMilliseconds = (retention: number): number => Math.min(7 * 24 * 3_600_000, Math.floor(retention / 4));
const VISIBLE_LIMIT_MILLISECONDS = 10_000;

/** What topics there are, where they end, how far groups got, and the making of new ones. */
export class TopicCatalog implements EventLogAdmin {
  private readonly admin: Admin;
  /** Partitions by topic, as far as asked for; they never change. */
  private readonly partitions = new Map<string, number>();

  constructor(private readonly options: KafkaEventLogOptions) {
    this.admin = new Admin({ ...clientOptions(options), retryDelay: 200 });
    if (options.onFault) reportUnreachable(this.admin, options.onFault);
  }

  /** How many partitions a topic has. @throws EventLogError `unknown_topic` | `unavailable` */
  async partitionsOf(topic: string): Promise<number> {
    const known = this.partitions.get(topic);
    if (known !== undefined) return known;
    try {
      const metadata = await this.admin.metadata({ topics: [topic], forceUpdate: true, retries: 2 });
      const count = metadata.topics.get(topic)?.partitionsCount;
      if (!count) throw unknownTopic(topic);
      this.partitions.set(topic, count);
      return count;
    } catch (error) {
      throw isUnknownTopic(error) ? unknownTopic(topic, error) : toEventLogError(error);
    }
  }

  async endPositions(topic: string): Promise<readonly Position[]> {
    const count = await this.partitionsOf(topic);
    const partitions = Array.from({ length: count }, (_, n) => ({
      partitionIndex: n,
      timestamp: ListOffsetTimestamps.LATEST,
    }));
    const [listed] = await asEventLog(this.admin.listOffsets({ topics: [{ name: topic, partitions }] }));
    const ends = new Map(listed?.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset]));
    return Array.from({ length: count }, (_, partition) => ({
      topic,
      partition,
      nextOffset: ends.get(partition) ?? 0n,
    }));
  }

  async committedPositions(topic: string, group: string): Promise<readonly Position[]> {
    const count = await this.partitionsOf(topic);
    const partitionIndexes = Array.from({ length: count }, (_, n) => n);
    const [found] = await asEventLog(
      this.admin.listConsumerGroupOffsets({
        groups: [{ groupId: group, topics: [{ name: topic, partitionIndexes }] }],
      }),
    );
    const committed = new Map(
      found?.topics.find(({ name }) => name === topic)?.partitions.map((p) => [p.partitionIndex, p.committedOffset]),
    );
    // Kafka says −1 for "never committed".
    const nextOffset = (n: number): bigint => ((offset) => (offset < 0n ? 0n : offset))(committed.get(n) ?? 0n);
    return partitionIndexes.map((partition) => ({ topic, partition, nextOffset: nextOffset(partition) }));
  }

  async createTopics(topics: readonly TopicDeclaration[]): Promise<readonly string[]> {
    const created: string[] = [];
    for (const declared of topics) {
      const present = await this.partitionsIfKnown(declared.name);
      if (present === undefined) {
        if (await this.create(declared)) created.push(declared.name);
      } else if (present !== declared.partitions) {
        throw new EventLogError(
          'topic_differs',
          `The topic ${declared.name} has ${present} partitions, ${declared.partitions} are declared: their number can never change.`,
        );
      }
    }
    return created;
  }

  async close(): Promise<void> {
    await this.admin.close();
  }

  private async partitionsIfKnown(topic: string): Promise<number | undefined> {
    try {
      return await this.partitionsOf(topic);
    } catch (error) {
      if (error instanceof EventLogError && error.code === 'unknown_topic') return undefined;
      throw error;
    }
  }

  /** @returns false when somebody else created it meanwhile */
  private async create({ name, partitions, retention }: TopicDeclaration): Promise<boolean> {
    const { replication } = this.options;
    const configs = {
      'retention.ms': retention === 'forever' ? '-1' : retention.toString(),
      ...(retention !== 'forever' && { 'segment.ms': segmentMilliseconds(retention).toString() }),
      'max.message.bytes': MAX_MESSAGE_BYTES.toString(),
      // One copy may be away and appends still succeed; what was acknowledged then lies on all the others.
      ...(replication !== undefined && { 'min.insync.replicas': Math.max(1, replication - 1).toString() }),
    };
    try {
      await this.admin.createTopics({
        topics: [{ topic: name, partitions, ...(replication !== undefined && { replicas: replication }) }],
        configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
      });
    } catch (error) {
      if (isProtocolError(error, 'TOPIC_ALREADY_EXISTS')) return false;
      throw toEventLogError(error);
    }
    await this.visible(name);
    return true;
  }

  /** Brokers hear of a new topic one after the other. */
  private async visible(topic: string): Promise<void> {
    const deadline = Date.now() + VISIBLE_LIMIT_MILLISECONDS;
    while ((await this.partitionsIfKnown(topic)) === undefined) {
      if (Date.now() > deadline) throw unknownTopic(topic);
      await sleep(100);
    }
  }
}

async function asEventLog<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw toEventLogError(error);
  }
}
