import type { Clock } from '@kakunin/calendar';
import { CLOCK, faultLog, LOGGER, type Logger } from '@kakunin/runtime';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CallerWatch } from './caller-watch.ts';

/** How long a process knows alone what it has seen of callers. */
const INTERVAL_MS = 2_000;

/** Lets processes know of each other's callers; one round at a time. */
@Injectable()
export class WatchRounds implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #noteFault: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  constructor(
    @Inject(CallerWatch) private readonly watch: CallerWatch,
    @Inject(CLOCK) clock: Clock,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#noteFault = faultLog({ logger, clock, message: 'what callers asked cannot be shared; trying again' });
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.#run(), INTERVAL_MS).unref();
  }

  /** Before the database closes: what was counted outlives the process. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
    await this.#run();
  }

  #run(): Promise<void> {
    return (this.#round ??= this.watch
      .share()
      .catch(this.#noteFault)
      .finally(() => (this.#round = undefined)));
  }
}
