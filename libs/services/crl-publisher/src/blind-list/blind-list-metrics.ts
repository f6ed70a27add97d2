import type { Clock } from '@kakunin/calendar';
import type { ListedBlindList } from '@kakunin/publication';
import { Counter, Gauge, type Registry } from 'prom-client';

export interface BlindListMetricsOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  /** What the public sees now, whoever published it. */
  readonly newest: () => Promise<readonly ListedBlindList[]>;
}

/** What the publisher tells Prometheus of blind lists. */
export class BlindListMetrics {
  readonly #failures;

  constructor({ registry, clock, newest }: BlindListMetricsOptions) {
    this.#failures = new Counter({
      name: 'kakunin_blind_list_failures_total',
      help: 'Attempts that published no blind list although one was due, by reason; the list before stays.',
      labelNames: ['authority', 'reason'] as const,
      registers: [registry],
    });
    const remaining: Gauge<'authority'> = new Gauge({
      name: 'kakunin_blind_list_remaining_seconds',
      help: 'Time to nextUpdate of the newest blind list; below 0 it answers "not covered" to everybody.',
      labelNames: ['authority'] as const,
      registers: [],
      collect: async () => {
        remaining.reset();
        for (const { authorityId, nextUpdate } of await newest().catch(() => [])) {
          remaining.set({ authority: authorityId }, (nextUpdate - clock.now()) / 1_000);
        }
      },
    });
    registry.registerMetric(remaining);
  }

  failed(authority: string, reason: string): void {
    this.#failures.inc({ authority, reason });
  }
}
