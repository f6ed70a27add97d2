import type { Clock } from '@kakunin/calendar';

/**
 * The time in a worker: the system's, shifted by what the clock of the service differs from it. That is nothing unless the
 * service was started with a clock of its own, as tests do.
 */
export class SharedClock implements Clock {
  readonly memory: SharedArrayBuffer;
  readonly #shift: Float64Array;

  constructor(memory = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#shift = new Float64Array(memory);
  }

  now(): number {
    return Date.now() + this.#shift[0]!;
  }

  /** @param milliseconds whole ones */
  shift(milliseconds: number): void {
    this.#shift[0] = milliseconds;
  }
}
