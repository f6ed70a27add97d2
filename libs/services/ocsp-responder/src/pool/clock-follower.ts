import type { Clock } from '@kakunin/calendar';
import { SharedClock } from '../worker/shared-clock.ts';

const INTERVAL_MS = 10;

/** Lets the workers go by a clock that is not the system's, with which a service is started for tests. */
export class ClockFollower {
  readonly #shared = new SharedClock();
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param clock undefined: the system's, which needs no following */
  constructor(clock: Clock | undefined) {
    if (!clock) return;
    const follow = (): void => this.#shared.shift(Math.round(clock.now() - Date.now()));
    follow();
    this.#timer = setInterval(follow, INTERVAL_MS);
    this.#timer.unref();
  }

  /** Of the `SharedClock` of the workers. */
  get memory(): SharedArrayBuffer {
    return this.#shared.memory;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
