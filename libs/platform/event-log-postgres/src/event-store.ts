import { type EventBatch, type EventRecord, type NewEvent, partitionOf, type Position } from '@kakunin/event-log';
import type { Database } from '@kakunin/postgres';
import { toEventLogError, unknownTopic } from './errors.ts';
import type { PartitionId } from './partition-id.ts';

/** The channel that says, by its payload, which topic has new events. */
export const APPENDED = 'kakunin_event_log_appended';

/**
 * Locks the partitions in a fixed order, so that appends never wait for each other in a circle, then numbers, inserts
 * and announces in the same statement: all of it or nothing.
 */
const APPEND = `
WITH touched AS (
  SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[]) AS t (topic, partition, count)
), locked AS MATERIALIZED (
  SELECT p.topic, p.partition, p.next_offset, t.count
  FROM event_log_partition p JOIN touched t USING (topic, partition)
  ORDER BY p.topic, p.partition FOR UPDATE OF p
), inserted AS (
  INSERT INTO event_log_event (topic, partition, "offset", appended_at, key, headers, value)
  SELECT l.topic, l.partition, l.next_offset + e.ordinal, clock_timestamp(), e.key, e.headers::json, e.value
  FROM unnest($4::text[], $5::int[], $6::bigint[], $7::text[], $8::text[], $9::bytea[])
    AS e (topic, partition, ordinal, key, headers, value)
  JOIN locked l ON l.topic = e.topic AND l.partition = e.partition
), moved AS (
  UPDATE event_log_partition p SET next_offset = l.next_offset + l.count
  FROM locked l WHERE p.topic = l.topic AND p.partition = l.partition
  RETURNING p.topic, p.partition, p.next_offset
)
SELECT topic, partition, next_offset, pg_notify('${APPENDED}', topic) FROM moved ORDER BY topic, partition`;

/** At most $4 events and, after the first, at most $5 bytes of values. */
const READ = `
SELECT "offset", key, headers, value, extract(epoch FROM appended_at) * 1000 AS timestamp
FROM (
  SELECT *, sum(octet_length(value)) OVER (ORDER BY "offset") - octet_length(value) AS bytes_before
  FROM (
    SELECT * FROM event_log_event
    WHERE topic = $1 AND partition = $2 AND "offset" >= $3 ORDER BY "offset" LIMIT $4
  ) AS next
) AS sized
WHERE bytes_before < $5 ORDER BY "offset"`;

const MOST_BYTES = 16 * 1024 * 1024;

interface EventRow {
  readonly offset: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
  readonly timestamp: string;
}

interface PositionRow {
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: string;
}

const toPosition = ({ topic, partition, next_offset }: PositionRow): Position => ({
  topic,
  partition,
  nextOffset: BigInt(next_offset),
});

/** The SQL of topics, partitions and events. Its errors are EventLogErrors. */
export class EventStore {
  /** Partitions by topic, as far as asked for; they never change. */
  private readonly topics = new Map<string, number>();

  constructor(private readonly database: Pick<Database, 'query'>) {}

  async append(events: readonly NewEvent[]): Promise<readonly Position[]> {
    if (events.length === 0) return [];
    const counts = await this.countPartitions(events.map(({ topic }) => topic));
    const touched = new Map<string, { topic: string; partition: number; count: number }>();
    const placed = events.map((event) => {
      const partition = partitionOf(event.key, counts.get(event.topic) ?? 1);
      const id = `${event.topic}/${partition}`;
      const slot = touched.get(id) ?? { topic: event.topic, partition, count: 0 };
      touched.set(id, slot);
      return { ...event, partition, ordinal: slot.count++ };
    });
    const slots = [...touched.values()];
    const rows = await this.query<PositionRow>(APPEND, [
      slots.map(({ topic }) => topic),
      slots.map(({ partition }) => partition),
      slots.map(({ count }) => count),
      placed.map(({ topic }) => topic),
      placed.map(({ partition }) => partition),
      placed.map(({ ordinal }) => ordinal),
      placed.map(({ key }) => key),
      placed.map(({ headers }) => JSON.stringify(headers)),
      placed.map(({ value }) => Buffer.from(value.buffer, value.byteOffset, value.byteLength)),
    ]);
    return rows.map(toPosition);
  }

  /** The next events of a partition, none when there are none. */
  async read(id: PartitionId, nextOffset: bigint, limit: number): Promise<EventBatch | undefined> {
    const rows = await this.query<EventRow>(READ, [id.topic, id.partition, nextOffset, limit, MOST_BYTES]);
    const [first, ...rest] = rows.map(({ offset, key, headers, value, timestamp }): EventRecord => ({
      ...id,
      offset: BigInt(offset),
      key,
      headers,
      value,
      timestamp: Math.floor(Number(timestamp)),
    }));
    return first && [first, ...rest];
  }

  /** @throws EventLogError `unknown_topic` | `unavailable` */
  async endPositions(topics: readonly string[]): Promise<readonly Position[]> {
    await this.countPartitions(topics);
    const rows = await this.query<PositionRow>(
      'SELECT topic, partition, next_offset FROM event_log_partition WHERE topic = ANY ($1) ORDER BY topic, partition',
      [topics],
    );
    return rows.map(toPosition);
  }

  async committedPositions(topic: string, group: string): Promise<readonly Position[]> {
    await this.countPartitions([topic]);
    const rows = await this.query<PositionRow>(
      `SELECT p.topic, p.partition, coalesce(c.next_offset, 0) AS next_offset
       FROM event_log_partition p
       LEFT JOIN event_log_commit c ON c.consumer_group = $2 AND c.topic = p.topic AND c.partition = p.partition
       WHERE p.topic = $1 ORDER BY p.partition`,
      [topic, group],
    );
    return rows.map(toPosition);
  }

  private async countPartitions(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const missing = [...new Set(names)].filter((name) => !this.topics.has(name));
    if (missing.length > 0) {
      const rows = await this.query<{ name: string; partitions: number }>(
        'SELECT name, partitions FROM event_log_topic WHERE name = ANY ($1)',
        [missing],
      );
      for (const { name, partitions } of rows) this.topics.set(name, partitions);
    }
    const unknown = missing.find((name) => !this.topics.has(name));
    if (unknown !== undefined) throw unknownTopic(unknown);
    return this.topics;
  }

  private async query<R extends object>(text: string, values: unknown[]): Promise<readonly R[]> {
    try {
      return (await this.database.query<R & Record<string, unknown>>(text, values)).rows;
    } catch (error) {
      throw toEventLogError(error);
    }
  }
}
