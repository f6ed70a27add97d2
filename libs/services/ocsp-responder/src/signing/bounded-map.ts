/** A map that, when full, forgets what was used longest ago. */
export class BoundedMap<V extends object> {
  readonly #entries = new Map<string, V>();
  readonly #capacity: number;

  /** @param capacity entries; 0 keeps nothing */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value) this.#putLast(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.#putLast(key, value);
    if (this.#entries.size <= this.#capacity) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  /** A Map iterates in the order of insertion: its first key is the one unused for longest. */
  #putLast(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
  }
}
