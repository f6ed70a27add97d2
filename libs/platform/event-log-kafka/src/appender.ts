import { type NewEvent, partitionOf, type Position } from '@kakunin/event-log';
import { Producer } from '@platformatic/kafka';
import { AppendQueue, type Place } from './append-queue.ts';
import { toEventLogError } from './errors.ts';
import { clientOptions, type KafkaEventLogOptions, reportUnreachable } from './kafka-options.ts';
import type { TopicCatalog } from './topic-catalog.ts';

/** Appends with the idempotent producer, acknowledged by all in-sync replicas. */
export class Appender {
  private readonly producer: Producer;
  private readonly queue = new AppendQueue((events) => this.send(events));

  constructor(
    options: KafkaEventLogOptions,
    private readonly catalog: TopicCatalog,
  ) {
    this.producer = new Producer({ ...clientOptions(options), idempotent: true });
    if (options.onFault) reportUnreachable(this.producer, options.onFault);
  }

  async append(events: readonly NewEvent[]): Promise<readonly Position[]> {
    for (const topic of new Set(events.map((event) => event.topic))) await this.catalog.partitionsOf(topic);
    return events.length === 0 ? [] : this.queue.append(events);
  }

  async close(): Promise<void> {
    await this.queue.idle();
    await this.producer.close(true);
  }

  private async send(events: readonly NewEvent[]): Promise<readonly Place[]> {
    try {
      const slots = await Promise.all(
        events.map(async ({ topic, key }) => ({
          topic,
          partition: partitionOf(key, await this.catalog.partitionsOf(topic)),
        })),
      );
      const { offsets = [] } = await this.producer.send({
        messages: events.map(({ key, value, headers }, n) => ({
          topic: slots[n]?.topic ?? '',
          partition: slots[n]?.partition ?? 0,
          key: Buffer.from(key),
          value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
          headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
        })),
      });
      return placesOf(slots, new Map(offsets.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset])));
    } catch (error) {
      throw toEventLogError(error);
    }
  }
}

/** The events of a partition follow each other from the offset that the broker answered. */
function placesOf(
  slots: readonly Omit<Place, 'offset'>[],
  firstOffsets: ReadonlyMap<string, bigint>,
): readonly Place[] {
  const next = new Map(firstOffsets);
  return slots.map(({ topic, partition }) => {
    const id = `${topic}/${partition}`;
    const offset = next.get(id);
    if (offset === undefined || offset < 0n) throw new Error(`The broker did not say where events of ${topic} lie.`);
    next.set(id, offset + 1n);
    return { topic, partition, offset };
  });
}
