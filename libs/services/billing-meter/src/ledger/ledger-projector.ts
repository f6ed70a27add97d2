import { Database } from '@kakunin/postgres';
import { CONFIG, HEALTH, type Health, LOGGER, type Logger } from '@kakunin/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
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
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #state = 'nothing projected yet';

  constructor(
    @Inject(LedgerProjection) private readonly projection: LedgerProjection,
    @Inject(LedgerMetrics) private readonly metrics: LedgerMetrics,
    @Inject(Database) private readonly database: Database,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIG) private readonly config: Pick<BillingMeterConfig, 'ledgerIntervalSeconds'>,
  ) {}

  onApplicationBootstrap(): void {
    // A ledger that is behind does not make the meter unfit to count: the metrics alert, and the detail says where.
    this.health.register('usage-ledgers', () => ({ ok: true, detail: this.#state }));
    this.#running = this.#run();
  }

  /** Finishes the step in hand, before the database closes. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const milliseconds = this.config.ledgerIntervalSeconds * 1_000;
    // A database that never comes must not keep the process from ending.
    await Promise.race([this.database.whenReady(), once(signal, 'abort')]).catch(() => undefined);
    while (!signal.aborted) {
      await this.#projectAll().catch((error: unknown) => this.#note('usage cannot be brought into its ledgers', error));
      await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Of all meters on a database, one projects. */
  async #projectAll(): Promise<void> {
    const projected = await this.database.withLock('usage-ledgers', () => this.#untilNothingWaits());
    if (!projected) this.#state = 'another process projects; this one stands by';
  }

  /** What fails is set aside until the next time, so that it holds up nobody else. */
  async #untilNothingWaits(): Promise<void> {
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
      if (this.#closing.signal.aborted) return;
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
