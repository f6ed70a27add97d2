import type { Logger } from 'pino';
import type { JournalWriterFigures } from './journal-writer.ts';

interface Report {
  fault: string | undefined;
  figures: JournalWriterFigures;
}

const NOTHING: JournalWriterFigures = { records: 0, syncs: 0, refusals: 0, repetitions: 0 };

/** What the workers tell of their journals, kept for health and metrics. */
export class JournalReports {
  readonly #logger: Pick<Logger, 'error' | 'info'>;
  readonly #workers = new Map<number, Report>();
  /** Of writers that have ended. */
  #past = NOTHING;

  constructor(logger: Pick<Logger, 'error' | 'info'>) {
    this.#logger = logger;
  }

  /** A writer begins in the place of worker `n`; what the last one told stays in the sums. */
  begin(n: number): void {
    this.#past = sum(this.#past, this.#workers.get(n)?.figures ?? NOTHING);
    this.#workers.set(n, { fault: undefined, figures: NOTHING });
  }

  /** Worker `n` tells why its disk refuses, or that it takes records again. */
  fault(n: number, fault: string | undefined): void {
    const report = this.#workers.get(n);
    if (!report) return;
    if (fault !== undefined && report.fault === undefined) {
      this.#logger.error({ worker: n, fault }, 'the usage journal is unavailable');
    }
    if (fault === undefined && report.fault !== undefined) {
      this.#logger.info({ worker: n }, 'the usage journal is available again');
    }
    report.fault = fault;
  }

  /** Worker `n` tells its figures. */
  figures(n: number, figures: JournalWriterFigures): void {
    const report = this.#workers.get(n);
    if (report) report.figures = figures;
  }

  /** Why a worker refuses records; undefined while all take them. */
  get refusing(): string | undefined {
    return [...this.#workers.values()].find(({ fault }) => fault !== undefined)?.fault;
  }

  /** Of all workers since this process began. */
  get total(): JournalWriterFigures {
    return [...this.#workers.values()].reduce((total, { figures }) => sum(total, figures), this.#past);
  }
}

const sum = (one: JournalWriterFigures, other: JournalWriterFigures): JournalWriterFigures => ({
  records: one.records + other.records,
  syncs: one.syncs + other.syncs,
  refusals: one.refusals + other.refusals,
  repetitions: one.repetitions + other.repetitions,
});
