import { Gauge, type Registry } from 'prom-client';
import type { Health } from './health.ts';

/** What `/readyz?verbose` says, for alerts; looked at when Prometheus asks. */
export function registerHealthMetric(health: Health, registry: Registry): void {
  registry.registerMetric(
    new Gauge({
      name: 'kakunin_health_check_ok',
      help: '1 while a check of /readyz?verbose is well, 0 while it is not: docs/runbooks/service-not-ready.md.',
      labelNames: ['check'],
      registers: [],
      collect() {
        for (const { name: check, ok } of health.report().checks) this.set({ check }, Number(ok));
      },
    }),
  );
}
