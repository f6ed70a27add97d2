import { Database } from '@kakunin/postgres';
import { CONFIG, HEALTH, type Health, LOGGER, type Logger } from '@kakunin/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BillingMeterConfig } from '../config.ts';
import { LedgerMetrics } from './ledger-metrics.ts';
import { LedgerProjection, type ProjectionFault } from './ledger-projection.ts';
import type { SetAside } from './ledger-projection-store.ts';

/** Our advisory lock (first of two numbers): of all meters on a database, one projects. */
const PROJECTOR_LOCK = 0x6b6b_6c01;
const LOCK = 'SELECT pg_try_advisory_lock($1, 0) AS leads';
const UNLOCK = 'SELECT pg_advisory_unlock($1, 0)';

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

  #projectAll(): Promise<void> {
    return this.database.withClient(async (client) => {
      const { rows } = await client.query<{ leads: boolean }>(LOCK, [PROJECTOR_LOCK]);
      if (!rows[0]?.leads) {
        this.#state = 'another process projects; this one stands by';
        return;
      }
      try {
        await this.#untilNothingWaits();
      } finally {
        await client.query(UNLOCK, [PROJECTOR_LOCK]);
      }
    });
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
