import {
  deadLetterTopic,
  type EventLog,
  EventLogError,
  type EventRecord,
  type NewEvent,
  USAGE_SEGMENTS,
} from '@kakunin/event-log';
import { Database } from '@kakunin/postgres';
import { EVENT_LOG } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';

export interface Redelivery {
  /** Segments that were refused, each once. */
  readonly refused: number;
  /** Those of them that no segment of their number was counted for since. */
  readonly uncounted: number;
}

const COUNTED = `
  SELECT producer, sequence::text AS sequence
  FROM usage_segment JOIN unnest($1::text[], $2::bigint[]) AS given (producer, sequence) USING (producer, sequence)`;

const REFUSED = deadLetterTopic(USAGE_SEGMENTS);
const READ_LIMIT_MS = 10_000;

/** The quarantine of usage: segments on `usage-segments.dead-letter`, which are answered and not counted. */
@Injectable()
export class RefusedSegments {
  constructor(
    @Inject(EVENT_LOG) private readonly eventLog: EventLog,
    @Inject(Database) private readonly database: Database,
  ) {}

  /**
   * Hands the uncounted ones to the meter once more, as they came: after what refused them was put right. What is still
   * wrong with one is refused again, and what was counted meanwhile adds nothing, so this may be repeated.
   * @param isDryRun looks only
   * @throws EventLogError `unavailable`; DatabaseError `database_unavailable`
   */
  async redeliver(isDryRun: boolean): Promise<Redelivery> {
    const refused = new Map((await this.#readAll()).map((record) => [keyOf(record.headers), record]));
    const identities = [...refused.values()].map(({ headers }) => headers);
    const { rows } = await this.database.query<{ producer: string; sequence: string }>(COUNTED, [
      identities.map(({ producer }) => producer),
      identities.map(({ sequence }) => sequence),
    ]);
    const counted = new Set(rows.map(keyOf));
    const uncounted = [...refused].filter(([key]) => !counted.has(key)).map(([, record]) => record);
    if (!isDryRun && uncounted.length > 0) await this.eventLog.append(uncounted.map(asItCame));
    return { refused: refused.size, uncounted: uncounted.length };
  }

  async #readAll(): Promise<readonly EventRecord[]> {
    const records: EventRecord[] = [];
    const ends = await this.eventLog.endPositions(REFUSED);
    const behind = new Map(
      ends.flatMap(({ partition, nextOffset }) => (nextOffset > 0n ? [[partition, nextOffset] as const] : [])),
    );
    if (behind.size === 0) return records;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = new EventLogError('unavailable', 'The event log did not give the refused segments in time.');
    const limit = setTimeout(() => reject(late), READ_LIMIT_MS);
    const subscription = await this.eventLog.subscribe({
      topics: [REFUSED],
      start: { kind: 'positions', positions: [] },
      maxBatchSize: 100,
      onBatch: async (batch) => {
        records.push(...batch);
        const { partition, offset } = batch.at(-1) ?? batch[0];
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

const keyOf = (of: { readonly producer?: string; readonly sequence?: string }): string =>
  `${of.producer} ${of.sequence}`;

const asItCame = ({ key, value, headers }: EventRecord): NewEvent => ({
  topic: USAGE_SEGMENTS,
  key,
  value,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('dead-letter-'))),
});
