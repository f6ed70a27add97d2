import type { Clock } from '@kakunin/calendar';
import { CLOCK, CONFIG, faultLog, LOGGER, type Logger } from '@kakunin/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { LinkageRegistryConfig } from '../config.ts';
import { NewsDesk } from './news-desk.ts';

const DAY = 86_400_000;
/** How often time is looked at: grounds that expire, events that are old. */
const TIME_INTERVAL = 60_000;

/** Tells news as they come; one round at a time. */
@Injectable()
export class NewsRounds implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #noteFault: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #closing = false;
  #timeLookedAt = 0;

  constructor(
    @Inject(NewsDesk) private readonly desk: NewsDesk,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<LinkageRegistryConfig, 'newsIntervalSeconds' | 'newsRetentionDays'>,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#noteFault = faultLog({ logger, clock, message: 'news cannot be told; trying again with the next round' });
  }

  onApplicationBootstrap(): void {
    const next = (): void => {
      this.#round ??= this.#run()
        .catch(this.#noteFault)
        .finally(() => (this.#round = undefined));
    };
    this.#timer = setInterval(next, this.config.newsIntervalSeconds * 1_000).unref();
  }

  /** Before the database closes. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    await this.#round;
  }

  async #run(): Promise<void> {
    while (!this.#closing && (await this.desk.tellSome()) > 0);
    const now = this.clock.now();
    if (now - this.#timeLookedAt < TIME_INTERVAL) return;
    this.#timeLookedAt = now;
    while (!this.#closing && (await this.desk.tellOfTime()) > 0);
    await this.desk.forget(now - this.config.newsRetentionDays * DAY);
  }
}
