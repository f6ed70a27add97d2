export interface RoundsInput {
  /** Between the beginnings of rounds, milliseconds; one that takes longer passes over those it meets. */
  readonly interval: number;
  /** Whether the first begins as soon as there is what the work rests on, not an interval later. */
  readonly atOnce?: boolean;
  /** The signal says that the service ends. */
  readonly work: (signal: AbortSignal) => Promise<unknown>;
  readonly onFault: (error: unknown) => void;
}

/** Work that is done again and again beside requests, one round at a time. */
export class Rounds {
  readonly #input: RoundsInput;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  constructor(input: RoundsInput) {
    this.#input = input;
  }

  /** @param ready what the work rests on, a database say: no round begins before, and none ever if it rejects */
  startAfter(ready: Promise<unknown>): void {
    void this.#start(ready).catch(() => undefined);
  }

  /** A round now, or the end of the one in hand. */
  now(): Promise<void> {
    this.#round ??= this.#input
      .work(this.#stopping.signal)
      .then(() => undefined, this.#input.onFault)
      .finally(() => (this.#round = undefined));
    return this.#round;
  }

  /** Resolves when the round in hand has ended; no other begins by itself. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopping.abort();
    await this.#round;
  }

  async #start(ready: Promise<unknown>): Promise<void> {
    await ready;
    if (this.#stopping.signal.aborted) return;
    this.#timer = setInterval(() => void this.now(), this.#input.interval).unref();
    if (this.#input.atOnce) void this.now();
  }
}
