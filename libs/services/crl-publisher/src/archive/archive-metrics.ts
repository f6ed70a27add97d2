import type { CrlSeries } from '@kakunin/publication';
import { Counter, Gauge, type Registry } from 'prom-client';

const labelNames = ['authority'] as const;

/** What the archive tells Prometheus. */
export class ArchiveMetrics {
  readonly #failures;
  readonly #behind;
  readonly #removed;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#failures = new Counter({
      name: 'kakunin_crl_archive_failures_total',
      help: 'Attempts to write the archive record of a CRL that failed; the CRL was published.',
      labelNames,
      registers,
    });
    this.#behind = new Gauge({
      name: 'kakunin_crl_archive_behind',
      help: 'Series of CRLs (an authority, a partition, their deltas) with a published CRL that has no archive record.',
      labelNames,
      registers,
    });
    this.#removed = new Counter({
      name: 'kakunin_crl_archive_files_removed_total',
      help: 'CRLs whose files were removed after they had been made again of their records.',
      labelNames,
      registers,
    });
  }

  failed(authority: string): void {
    this.#failures.inc({ authority });
  }

  setBehind(series: readonly CrlSeries[]): void {
    this.#behind.reset();
    for (const { authorityId: authority } of series) this.#behind.inc({ authority });
  }

  removed(authority: string, crls: number): void {
    this.#removed.inc({ authority }, crls);
  }
}
