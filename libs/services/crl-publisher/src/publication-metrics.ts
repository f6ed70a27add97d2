import type { Clock } from '@kakunin/calendar';
import type { CrlDescriptor } from '@kakunin/publication';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const labelNames = ['authority'] as const;
/** From a CRL of a test authority to one of a nation. */
const DURATION_BUCKETS = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60];

export interface PublicationMetricsOptions {
  readonly registry: Registry;
  readonly clock: Clock;
  /** What the public sees now, whoever published it. */
  readonly newest: () => Promise<readonly CrlDescriptor[]>;
}

/** What the publisher tells Prometheus. */
export class PublicationMetrics {
  readonly #publications;
  readonly #failures;
  readonly #duration;

  constructor({ registry, clock, newest }: PublicationMetricsOptions) {
    const registers = [registry];
    this.#publications = new Counter({
      name: 'kakunin_crl_publications_total',
      help: 'CRLs published; scheduled="false" are those that a revocation brought about.',
      labelNames: [...labelNames, 'scheduled'] as const,
      registers,
    });
    this.#failures = new Counter({
      name: 'kakunin_crl_publication_failures_total',
      help: 'Attempts that published nothing, by reason; the CRL before stays.',
      labelNames: [...labelNames, 'reason'] as const,
      registers,
    });
    this.#duration = new Histogram({
      name: 'kakunin_crl_publication_duration_seconds',
      help: 'From the status data to the moved pointer: signing, checking and publishing.',
      labelNames,
      buckets: DURATION_BUCKETS,
      registers,
    });
    const gauge = gaugesOf(registry, newest);
    gauge('kakunin_crl_age_seconds', 'Time since thisUpdate of the newest CRL.', (crl) =>
      Math.max(0, (clock.now() - crl.thisUpdate) / 1_000),
    );
    gauge(
      'kakunin_crl_remaining_seconds',
      'Time to nextUpdate of the newest CRL; below 0 it has lapsed.',
      (crl) => (crl.nextUpdate - clock.now()) / 1_000,
    );
    gauge('kakunin_crl_entries', 'Entries of the newest CRL.', ({ entries }) => entries);
    gauge('kakunin_crl_size_bytes', 'Size of the newest CRL.', ({ bytes }) => bytes);
  }

  /** @param durationSeconds how long it took */
  published(descriptor: CrlDescriptor, durationSeconds: number): void {
    const authority = descriptor.authorityId;
    this.#publications.inc({ authority, scheduled: String(descriptor.scheduled) });
    this.#duration.observe({ authority }, durationSeconds);
  }

  failed(authority: string, reason: string): void {
    this.#failures.inc({ authority, reason });
  }
}

type ValueOf = (crl: CrlDescriptor) => number;

/** Gauges with a value for each authority, read from what is published when Prometheus asks. */
const gaugesOf =
  (registry: Registry, newest: PublicationMetricsOptions['newest']) =>
  (name: string, help: string, valueOf: ValueOf): void => {
    const gauge: Gauge<'authority'> = new Gauge({
      name,
      help,
      labelNames,
      registers: [],
      collect: async () => {
        gauge.reset();
        // A store that is away has no values; the other metrics are wanted all the more.
        for (const crl of await newest().catch(() => [])) gauge.set({ authority: crl.authorityId }, valueOf(crl));
      },
    });
    registry.registerMetric(gauge);
  };
