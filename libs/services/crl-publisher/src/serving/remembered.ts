/**
 * Remembers what was found under a key that never changes its content, for the last keys that were asked for. Whoever asks
 * while it is looked up waits for the same answer. What is not there, or fails, is looked up again.
 */
export class Remembered<T> {
  readonly #found = new Map<string, Promise<T | undefined>>();
  readonly #limit: number;
  readonly #look: (key: string) => Promise<T | undefined>;

  /** @param limit how many keys are remembered; 0: only while they are looked up */
  constructor(limit: number, look: (key: string) => Promise<T | undefined>) {
    this.#limit = limit;
    this.#look = look;
  }

  clear(): void {
    this.#found.clear();
  }

  get(key: string): Promise<T | undefined> {
    const known = this.#found.get(key);
    if (known) return known;
    const forget = (): void => void this.#found.delete(key);
    const looking = this.#look(key);
    this.#found.set(key, looking);
    looking.then((found) => (found === undefined || this.#limit === 0) && forget(), forget);
    const [oldest] = this.#found.keys();
    if (this.#limit > 0 && this.#found.size > this.#limit && oldest !== undefined) this.#found.delete(oldest);
    return looking;
  }
}
