import type { Database } from '@kakunin/postgres';
import { Gauge, type Registry } from 'prom-client';

/** How much waits, and since when; asked of the database at every scrape. While it is away, the last values stay. */
export function registerOutboxMetrics(registry: Registry, database: Database): void {
  sampled(registry, database, {
    name: 'kakunin_outbox_pending_events',
    help: 'Events that are committed and not on the event log yet.',
    sql: 'SELECT count(*) AS value FROM outbox_event',
  });
  sampled(registry, database, {
    name: 'kakunin_outbox_oldest_event_age_seconds',
    help: 'Age of the oldest event that is not on the event log yet; 0 when none waits.',
    sql: `SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) AS value FROM outbox_event`,
  });
}

interface Sampled {
  readonly name: string;
  readonly help: string;
  readonly sql: string;
}

function sampled(registry: Registry, database: Database, { name, help, sql }: Sampled): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      const result = await database.query<{ value: string }>(sql).catch(() => undefined);
      if (result) gauge.set(Number(result.rows[0]!.value));
    },
  });
}
