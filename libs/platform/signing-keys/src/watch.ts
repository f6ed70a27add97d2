/** Looks at something again and again until it is closed; one look at a time. */
export class Watch {
  readonly #look: () => Promise<void>;
  readonly #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  /**
   * @param look must not fail
   * @param interval ms; the first look is after it; left out: only when asked
   */
  constructor(look: () => Promise<void>, interval?: number) {
    this.#look = look;
    if (interval !== undefined) this.#timer = setInterval(() => void this.now(), interval).unref();
  }

  /** Looks now, or waits for the look that is under way. */
  now(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Ends with the look that is under way. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }
}
