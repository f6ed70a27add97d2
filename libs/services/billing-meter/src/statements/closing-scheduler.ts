import type { Clock } from '@kakunin/calendar';
import { CLOCK, CONFIG, LOGGER, type Logger } from '@kakunin/runtime';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { BillingMeterConfig } from '../config.ts';
import { ClosingMetrics } from './closing-metrics.ts';
import { MonthClosing } from './month-closing.ts';

/** Tries again, until nothing keeps a month from being closed. One round at a time. */
@Injectable()
export class ClosingScheduler implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #again = false;
  readonly #stopping = new AbortController();

  constructor(
    @Inject(MonthClosing) private readonly closing: MonthClosing,
    @Inject(ClosingMetrics) private readonly metrics: ClosingMetrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: BillingMeterConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.wake(), this.config.closingIntervalSeconds * 1_000);
    this.#timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    this.#again = false;
    this.#stopping.abort();
    await this.#round;
  }

  /** Begins a round now, or one more after that which is under way. */
  wake(): void {
    this.#again = true;
    this.#round ??= this.#rounds().finally(() => (this.#round = undefined));
  }

  async #rounds(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        const blockers = await this.closing.proceed(this.clock.now(), this.#stopping.signal);
        this.metrics.onRound([...blockers.values()].flat());
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.metrics.onInterrupted();
        this.logger.warn({ err: error }, 'closing is interrupted; it goes on with the next round');
      }
    }
  }
}
