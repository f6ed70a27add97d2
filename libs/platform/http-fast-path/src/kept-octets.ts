const NONE = Buffer.alloc(0);
const FIRST_CAPACITY = 512;

/** Octets that have arrived and wait: in one buffer, which grows by doubling and is let go when nothing is left. */
export class KeptOctets {
  #buffer = NONE;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Valid until the next change. */
  get view(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  append(octets: Uint8Array): void {
    const length = this.#length + octets.length;
    if (length > this.#buffer.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(FIRST_CAPACITY, 2 * this.#buffer.length, length));
      grown.set(this.view);
      this.#buffer = grown;
    }
    this.#buffer.set(octets, this.#length);
    this.#length = length;
  }

  dropFirst(count: number): void {
    this.#length -= count;
    if (this.#length === 0) this.#buffer = NONE;
    else this.#buffer.copyWithin(0, count, count + this.#length);
  }
}
