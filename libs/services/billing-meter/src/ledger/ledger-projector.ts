import { Database } from '@kakunin/postgres';
import { CONFIG, HEALTH, type Health, LOGGER, type Logger, Rounds } from '@kakunin/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { BillingMeterConfig } from '../config.ts';
import { LedgerMetrics } from './ledger-metrics.ts';
import { LedgerProjection, type ProjectionFault } from './ledger-projection.ts';
import type { SetAside } from './ledger-projection-store.ts';

/**
 * Projects what was counted, at an interval: each append costs a few small files, however many leaves it has. Counting
 * never waits for it. The lock saves work, and correctness rests on the ledger's own compare and swap.
 */
@Injectable()
export class LedgerProjector implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #rounds: Rounds;
  #state = 'nothing projected yet';

  constructor(
    @Inject(LedgerProjection) private readonly projection: LedgerProjection,
    @Inject(LedgerMetrics) private readonly metrics: LedgerMetrics,
    @Inject(Database) private readonly database: Database,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) { ledgerIntervalSeconds }: Pick<BillingMeterConfig, 'ledgerIntervalSeconds'>,
  ) {
    this.#rounds = new Rounds({
      interval: ledgerIntervalSeconds * 1_000,
      atOnce: true,
      work: (signal) => this.#projectAll(signal),
      onFault: (error) => this.#note('usage cannot be brought into its ledgers', error),
    });
  }

  onApplicationBootstrap(): void {
    // A ledger that is behind does not make the meter unfit to count: the metrics alert, and the detail says where.
    this.health.register('usage-ledgers', () => ({ ok: true, detail: this.#state }));
    this.#rounds.startAfter(this.database.whenReady());
  }

  /** Finishes the step in hand, before the database closes. */
  beforeApplicationShutdown(): Promise<void> {
    return this.#rounds.stop();
  }

  /** Of all meters on a database, one projects. */
  async #projectAll(signal: AbortSignal): Promise<void> {
    const projected = await this.database.withLock('usage-ledgers', () => this.#untilNothingWaits(signal));
    if (!projected) this.#state = 'another process projects; this one stands by';
  }

  /** What fails is set aside until the next time, so that it holds up nobody else. */
  async #untilNothingWaits(signal: AbortSignal): Promise<void> {
    const faults: ProjectionFault[] = [];
    for (;;) {
      const step = await this.projection.step(setAside(faults));
      this.metrics.onProjected(step.leaves);
      faults.push(...step.faults);
      if (step.segments === 0) {
        this.#note('a ledger cannot be appended to', ...faults.map(({ error }) => error));
        if (faults.length === 0) this.#caughtUp(step.at);
        return;
      }
      if (signal.aborted) return;
    }
  }

  #caughtUp(at: number): void {
    this.metrics.onCaughtUp(at);
    this.#state = 'everything that was counted is in its ledger';
  }

  #note(what: string, ...errors: readonly unknown[]): void {
    this.metrics.onFaults(errors.length);
    const [first] = errors as readonly [Error?];
    if (!first) return;
    this.logger.warn({ err: first, faults: errors.length }, `${what}; trying again`);
    this.#state = `${what} (${errors.length}): ${first.message}; see docs/runbooks/usage-ledger-behind.md`;
  }
}

const setAside = (faults: readonly ProjectionFault[]): SetAside => ({
  customers: faults.flatMap(({ what }) => ('customer' in what ? [what.customer] : [])),
  segments: faults.flatMap(({ what }) => ('segment' in what ? [what.segment] : [])),
});
