import type { Clock } from '@kakunin/calendar';
import { CLOCK, faultLog, LOGGER, type Logger, Rounds } from '@kakunin/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import { CallerWatch } from './caller-watch.ts';

/** How long a process knows alone what it has seen of callers. */
const INTERVAL_MS = 2_000;

/** Lets processes know of each other's callers. */
@Injectable()
export class WatchRounds implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #rounds: Rounds;

  constructor(
    @Inject(CallerWatch) watch: CallerWatch,
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    const onFault = faultLog({ logger, clock, message: 'what callers asked cannot be shared; trying again' });
    this.#rounds = new Rounds({ interval: INTERVAL_MS, work: () => watch.share(), onFault });
  }

  onApplicationBootstrap(): void {
    this.#rounds.startAfter(this.database.whenReady());
  }

  /** Before the database closes: what was counted outlives the process. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#rounds.stop();
    await this.#rounds.now();
  }
}
