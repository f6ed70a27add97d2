import type { Clock } from '@kakunin/calendar';
import { CLOCK, CONFIG, faultLog, LOGGER, type Logger, Rounds } from '@kakunin/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import type { LinkageRegistryConfig } from '../config.ts';
import { NewsDesk } from './news-desk.ts';

const DAY = 86_400_000;
/** How often time is looked at: grounds that expire, events that are old. */
const TIME_INTERVAL = 60_000;

/** Tells news as they come. */
@Injectable()
export class NewsRounds implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #rounds: Rounds;
  #timeLookedAt = 0;

  constructor(
    @Inject(NewsDesk) private readonly desk: NewsDesk,
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<LinkageRegistryConfig, 'newsIntervalSeconds' | 'newsRetentionDays'>,
    @Inject(LOGGER) logger: Logger,
  ) {
    const onFault = faultLog({ logger, clock, message: 'news cannot be told; trying again with the next round' });
    const interval = config.newsIntervalSeconds * 1_000;
    this.#rounds = new Rounds({ interval, work: (signal) => this.#run(signal), onFault });
  }

  onApplicationBootstrap(): void {
    this.#rounds.startAfter(this.database.whenReady());
  }

  /** Before the database closes. */
  beforeApplicationShutdown(): Promise<void> {
    return this.#rounds.stop();
  }

  async #run(ends: AbortSignal): Promise<void> {
    while (!ends.aborted && (await this.desk.tellSome()) > 0);
    const now = this.clock.now();
    if (now - this.#timeLookedAt < TIME_INTERVAL) return;
    this.#timeLookedAt = now;
    while (!ends.aborted && (await this.desk.tellOfTime()) > 0);
    await this.desk.forget(now - this.config.newsRetentionDays * DAY);
  }
}
