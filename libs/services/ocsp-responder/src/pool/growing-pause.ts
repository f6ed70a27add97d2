const FIRST_MS = 100;
const LONGEST_MS = 10_000;

/** Waits between tries: each time twice as long, up to ten seconds, until it begins anew. */
export class GrowingPause {
  #next = FIRST_MS;
  #cut: () => void = () => {};

  /** The next one is the first again. */
  reset(): void {
    this.#next = FIRST_MS;
  }

  async rest(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#next);
    this.#cut = resolve;
    this.#next = Math.min(this.#next * 2, LONGEST_MS);
    await promise;
    clearTimeout(timer);
  }

  /** Ends the one that is going on. */
  cut(): void {
    this.#cut();
  }
}
