import { EventLogError, type TopicDeclaration } from '@kakunin/event-log';
import type { Database } from '@kakunin/postgres';
import { toEventLogError } from './errors.ts';

const CREATE = `
WITH topic AS (
  INSERT INTO event_log_topic (name, partitions, retention_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING name
)
INSERT INTO event_log_partition (topic, partition) SELECT name, generate_series(0, $2 - 1) FROM topic
RETURNING topic`;

/** Looks at no more than $3 events, the oldest of the partition, and takes those whose time is over. */
const PRUNE = `
DELETE FROM event_log_event e USING (
  SELECT topic, partition, "offset" FROM event_log_event
  WHERE topic = $1 AND partition = $2 ORDER BY "offset" LIMIT $3
) AS oldest
WHERE e.topic = oldest.topic AND e.partition = oldest.partition AND e."offset" = oldest."offset"
  AND e.appended_at < now() - $4::bigint * interval '1 millisecond'`;

const EVENTS_A_STATEMENT = 5_000;
const STATEMENTS_A_PARTITION = 20;

/** The SQL of what operators declare: topics and how long their events are kept. */
export class TopicStore {
  constructor(private readonly database: Pick<Database, 'query'>) {}

  /** @returns the names of the topics that were missing @throws EventLogError `topic_differs` | `unavailable` */
  async create(topics: readonly TopicDeclaration[]): Promise<readonly string[]> {
    const created: string[] = [];
    for (const { name, partitions, retention } of topics) {
      const inserted = await this.query(CREATE, [name, partitions, retention === 'forever' ? null : retention]);
      if (inserted.length > 0) created.push(name);
      else await this.check(name, partitions);
    }
    return created;
  }

  /** Removes what is older than its topic keeps it; bounded, so that the rest waits for the next call. */
  async prune(): Promise<void> {
    const partitions = await this.query<{ topic: string; partition: number; retention_ms: string }>(
      `SELECT p.topic, p.partition, t.retention_ms
       FROM event_log_partition p JOIN event_log_topic t ON t.name = p.topic WHERE t.retention_ms IS NOT NULL`,
      [],
    );
    for (const { topic, partition, retention_ms } of partitions) {
      for (let statement = 0; statement < STATEMENTS_A_PARTITION; statement++) {
        const { rowCount } = await this.database.query(PRUNE, [topic, partition, EVENTS_A_STATEMENT, retention_ms]);
        if ((rowCount ?? 0) < EVENTS_A_STATEMENT) break;
      }
    }
  }

  private async check(name: string, partitions: number): Promise<void> {
    const [row] = await this.query<{ partitions: number }>('SELECT partitions FROM event_log_topic WHERE name = $1', [
      name,
    ]);
    if (row && row.partitions !== partitions) {
      throw new EventLogError(
        'topic_differs',
        `The topic ${name} has ${row.partitions} partitions, ${partitions} are declared: their number can never change.`,
      );
    }
  }

  private async query<R extends object>(text: string, values: unknown[]): Promise<readonly R[]> {
    try {
      return (await this.database.query<R & Record<string, unknown>>(text, values)).rows;
    } catch (error) {
      throw toEventLogError(error);
    }
  }
}
