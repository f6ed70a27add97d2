import { Database } from '@kakunin/postgres';
import { CLOCK, METRICS } from '@kakunin/runtime';
import type { Clock } from '@kakunin/calendar';
import type { Delivery } from '@kakunin/webhooks';
import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, type Registry } from 'prom-client';

const OUTCOMES = { delivered: 'delivered', waiting: 'retried', dead: 'dead' } as const;

/** What is counted of news and webhooks; no label is personal, and none names a service provider. */
@Injectable()
export class NewsMetrics {
  readonly #attempts: Counter<'outcome'>;

  constructor(@Inject(METRICS) registry: Registry, @Inject(Database) database: Database, @Inject(CLOCK) clock: Clock) {
    const registers = [registry];
    this.#attempts = new Counter({
      name: 'kakunin_registry_webhook_attempts_total',
      help: 'Attempts to deliver webhooks, by outcome: delivered, retried (later), dead.',
      labelNames: ['outcome'],
      registers,
    });
    for (const outcome of Object.values(OUTCOMES)) this.#attempts.inc({ outcome }, 0);
    sampled(registry, database, {
      name: 'kakunin_registry_news_oldest_age_seconds',
      help: 'How long the oldest news has waited to be told; 0 when none waits.',
      sql: 'SELECT ($1 - min(at)) / 1000.0 AS value FROM news_item',
      values: () => [clock.now()],
    });
    sampled(registry, database, {
      name: 'kakunin_registry_webhook_dead_letters',
      help: 'Messages that no endpoint took, and that wait for somebody to send them anew.',
      sql: `SELECT count(*) AS value FROM webhook_delivery WHERE state = 'dead'`,
    });
    sampled(registry, database, {
      name: 'kakunin_registry_webhook_failing_endpoints',
      help: 'Endpoints that take nothing at present or were disabled for it.',
      sql: `SELECT count(*) AS value FROM webhook_endpoint WHERE failing_since IS NOT NULL OR state = 'disabled'`,
    });
  }

  onAttempt(state: Delivery['state']): void {
    this.#attempts.inc({ outcome: OUTCOMES[state] });
  }
}

interface Sampled {
  readonly name: string;
  readonly help: string;
  readonly sql: string;
  readonly values?: () => unknown[];
}

/** Asked of the database at every scrape; while it is away, the last value stays. */
function sampled(registry: Registry, database: Database, { name, help, sql, values = () => [] }: Sampled): void {
  const gauge: Gauge = new Gauge({
    name,
    help,
    registers: [registry],
    collect: async () => {
      const answer = await database.query<{ value: string | null }>(sql, values()).catch(() => undefined);
      if (answer) gauge.set(Math.max(0, Number(answer.rows[0]?.value ?? 0)));
    },
  });
}
