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
  /** Of an authority, as configured; milliseconds. */
  readonly overlapOf: (authorityId: string) => number;
}

/** What the publisher tells Prometheus. */
export class PublicationMetrics {
  readonly #publications;
  readonly #failures;
  readonly #duration;

  constructor({ registry, clock, newest, overlapOf }: PublicationMetricsOptions) {
    const registers = [registry];
    this.#publications = new Counter({
      name: 'kakunin_crl_publications_total',
      help: 'CRLs published, complete ones and deltas; scheduled="false" are those that a revocation brought about.',
      labelNames: [...labelNames, 'kind', 'scheduled'] as const,
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
    registerGauges(gauge, clock);
    gauge(
      'kakunin_crl_overlap_seconds',
      'How long the last CRL is to hold when the next is late, as configured: the time for repairs.',
      ([crl]) => (crl ? overlapOf(crl.authorityId) / 1_000 : 0),
    );
  }

  published({ authorityId: authority, scheduled, kind }: CrlDescriptor): void {
    this.#publications.inc({ authority, kind, scheduled: String(scheduled) });
  }

  /** @param seconds from the status data to the last moved pointer of CRLs that were made together */
  took(authority: string, seconds: number): void {
    this.#duration.observe({ authority }, seconds);
  }

  failed(authority: string, reason: string): void {
    this.#failures.inc({ authority, reason });
  }
}

type GaugeOf = (name: string, help: string, valueOf: ValueOf) => void;

function registerGauges(gauge: GaugeOf, clock: Clock): void {
  gauge(
    'kakunin_crl_age_seconds',
    'Time since thisUpdate of the newest CRL; of the oldest one of all partitions.',
    (crls) => Math.max(0, ...crls.map((crl) => (clock.now() - crl.thisUpdate) / 1_000)),
  );
  gauge(
    'kakunin_crl_remaining_seconds',
    'Time to nextUpdate of the newest CRL, or of that of the partition that lapses first; below 0 it has lapsed.',
    (crls) => Math.min(...crls.map((crl) => (crl.nextUpdate - clock.now()) / 1_000)),
  );
  gauge(
    'kakunin_crl_overdue_seconds',
    'How late the next scheduled CRL is, or that of the partition that waits longest; 0 before it is due.',
    (crls) => Math.max(0, ...crls.map((crl) => (clock.now() - crl.nextPublication) / 1_000)),
  );
  gauge('kakunin_crl_entries', 'Entries of the newest CRLs.', (crls) => sumOf(crls, ({ entries }) => entries));
  gauge('kakunin_crl_size_bytes', 'Size of the newest CRLs.', (crls) => sumOf(crls, ({ bytes }) => bytes));
  gauge('kakunin_crl_scopes', 'How many newest CRLs there are: 1, or as many as partitions.', (crls) => crls.length);
}

/** @param crls the newest complete CRL of an authority, or those of its partitions; at least one */
type ValueOf = (crls: readonly CrlDescriptor[]) => number;

const sumOf = (crls: readonly CrlDescriptor[], valueOf: (crl: CrlDescriptor) => number): number =>
  crls.reduce((sum, crl) => sum + valueOf(crl), 0);

/**
 * Gauges with a value for each authority, one of its whole CRL and one of its partitions together (a label for each of 1,890 would
 * be too many), read from what is published when Prometheus asks.
 */
const gaugesOf =
  (registry: Registry, newest: PublicationMetricsOptions['newest']) =>
  (name: string, help: string, valueOf: ValueOf): void => {
    const gauge: Gauge<'authority' | 'scope'> = new Gauge({
      name,
      help,
      labelNames: [...labelNames, 'scope'] as const,
      registers: [],
      collect: async () => {
        gauge.reset();
        // A store that is away has no values; the other metrics are wanted all the more.
        for (const crls of groupsOf(await newest().catch(() => []))) {
          const [{ authorityId: authority, partition } = { authorityId: '', partition: undefined }] = crls;
          gauge.set({ authority, scope: partition === undefined ? 'whole' : 'partitions' }, valueOf(crls));
        }
      },
    });
    registry.registerMetric(gauge);
  };

function groupsOf(listed: readonly CrlDescriptor[]): readonly (readonly CrlDescriptor[])[] {
  const complete = listed.filter(({ kind }) => kind === 'complete');
  const nameOf = ({ authorityId, partition }: CrlDescriptor): string => `${authorityId}/${partition !== undefined}`;
  return [...Map.groupBy(complete, nameOf).values()];
}
