import type { Clock } from '@kakunin/calendar';

/** A value that comes from elsewhere, or the word that it cannot be had. */
export type Sourced<T> = { readonly value: T } | 'unavailable';

export interface SourceOptions<T> {
  readonly clock: Clock;
  /** Asks the source; rejects when it is away or answers nonsense. */
  readonly load: () => Promise<T>;
  /** Told once whenever the source goes away. */
  readonly onUnavailable: (error: unknown) => void;
}

/** Milliseconds: however many look at the page, each source is asked once in this time. */
const KEPT_FOR = 1_000;

/** Asks one source of the page, at most once a second, and never fails. */
export class Source<T> {
  readonly #options: SourceOptions<T>;
  #latest: Promise<Sourced<T>> | undefined;
  #askedAt = 0;
  #away = false;

  constructor(options: SourceOptions<T>) {
    this.#options = options;
  }

  read(): Promise<Sourced<T>> {
    const now = this.#options.clock.now();
    if (!this.#latest || now - this.#askedAt >= KEPT_FOR) {
      this.#askedAt = now;
      this.#latest = this.#ask();
    }
    return this.#latest;
  }

  async #ask(): Promise<Sourced<T>> {
    try {
      const value = await this.#options.load();
      this.#away = false;
      return { value };
    } catch (error) {
      if (!this.#away) this.#options.onUnavailable(error);
      this.#away = true;
      return 'unavailable';
    }
  }
}
