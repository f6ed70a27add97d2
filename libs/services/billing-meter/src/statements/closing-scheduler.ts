import type { Clock } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { CLOCK, CONFIG, LOGGER, type Logger, Rounds } from '@kakunin/runtime';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { BillingMeterConfig } from '../config.ts';
import { ClosingMetrics } from './closing-metrics.ts';
import { MonthClosing } from './month-closing.ts';

/** Tries again, until nothing keeps a month from being closed. */
@Injectable()
export class ClosingScheduler implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #rounds: Rounds;
  /** Somebody asked for a round since the one in hand began. */
  #again = false;

  constructor(
    @Inject(MonthClosing) private readonly closing: MonthClosing,
    @Inject(ClosingMetrics) private readonly metrics: ClosingMetrics,
    @Inject(Database) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: BillingMeterConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#rounds = new Rounds({
      interval: config.closingIntervalSeconds * 1_000,
      work: (signal) => this.#proceed(signal),
      onFault: (error) => {
        metrics.onInterrupted();
        logger.warn({ err: error }, 'closing is interrupted; it goes on with the next round');
      },
    });
  }

  onApplicationBootstrap(): void {
    this.#rounds.startAfter(this.database.whenReady());
  }

  onApplicationShutdown(): Promise<void> {
    return this.#rounds.stop();
  }

  /** Begins a round now, or one more after that which is under way. */
  wake(): void {
    this.#again = true;
    void this.#rounds.now();
  }

  async #proceed(signal: AbortSignal): Promise<void> {
    do {
      this.#again = false;
      try {
        const blockers = await this.closing.proceed(this.clock.now(), signal);
        this.metrics.onRound([...blockers.values()].flat());
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    } while (this.#again && !signal.aborted);
  }
}
