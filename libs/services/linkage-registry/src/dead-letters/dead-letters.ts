import { deadLetterTopic, type EventLog, EventLogError, type EventRecord, TOPICS } from '@kakunin/event-log';
import { EVENT_LOG } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { RegistryError } from '../registry-error.ts';

/** An event that a consumer gave up on: where it was, and why. What it said stays in the topic. */
export const deadLetterSchema = z.object({
  topic: z.string(),
  partition: z.int(),
  offset: z.string(),
  key: z.string(),
  consumer: z.string(),
  reason: z.string(),
  time: z.int().describe('When the consumer gave up, epoch milliseconds.'),
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

const READ_LIMIT_MS = 10_000;

/** Reads dead-letter topics from their beginning; they are short, or something is very wrong. */
@Injectable()
export class DeadLetters {
  constructor(@Inject(EVENT_LOG) private readonly eventLog: EventLog) {}

  /** @throws RegistryError `topic_unknown`; EventLogError `unavailable` */
  async of(topic: string): Promise<readonly DeadLetter[]> {
    const name = deadLetterTopic(topic);
    if (!TOPICS.some((declared) => declared.name === name)) {
      throw new RegistryError('topic_unknown', 'There is no such topic: "kakunin topics list" names them.');
    }
    const records = await this.#readAll(name);
    return records.map(deadLetterOf);
  }

  async #readAll(topic: string): Promise<readonly EventRecord[]> {
    const behind = new Map(
      (await this.eventLog.endPositions(topic))
        .filter(({ nextOffset }) => nextOffset > 0n)
        .map(({ partition, nextOffset }) => [partition, nextOffset]),
    );
    const records: EventRecord[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (behind.size === 0) return records;
    const limit = setTimeout(
      () => reject(new EventLogError('unavailable', 'The event log did not give the dead letters in time.')),
      READ_LIMIT_MS,
    );
    const subscription = await this.eventLog.subscribe({
      topics: [topic],
      start: { kind: 'positions', positions: [] },
      maxBatchSize: 500,
      onBatch: async (batch) => {
        records.push(...batch);
        const { partition, offset } = batch.at(-1)!;
        if (offset + 1n >= (behind.get(partition) ?? 0n)) behind.delete(partition);
        if (behind.size === 0) resolve();
      },
      onFault: reject,
    });
    try {
      await promise;
    } finally {
      clearTimeout(limit);
      await subscription.close();
    }
    return records;
  }
}

const deadLetterOf = ({ key, headers, timestamp }: EventRecord): DeadLetter => ({
  topic: headers['dead-letter-topic'] ?? '',
  partition: Number(headers['dead-letter-partition']),
  offset: headers['dead-letter-offset'] ?? '',
  key,
  consumer: headers['dead-letter-consumer'] ?? '',
  reason: headers['dead-letter-reason'] ?? '',
  time: timestamp,
});
