interface Entry<T> {
  readonly hash: number;
  readonly key: DataView;
  readonly value: T;
}

/**
 * A map whose keys are stretches of octets, looked up where they lie. With a string for each look-up a `Map` does the
 * same in three times the time, and that is half of what counting a record costs.
 */
export class OctetMap<T> {
  readonly #entries: Entry<T>[] = [];
  /** Open addressing: 1 + index of an entry, 0 where none is. A power of two, at least half of it free. */
  #slots = new Int32Array(64);

  /** Looks up the octets from `start` to before `end`. */
  get(octets: DataView, start: number, end: number): T | undefined {
    const hash = hashOf(octets, start, end);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]!;
      if (index === 0) return undefined;
      const entry = this.#entries[index - 1]!;
      if (entry.hash === hash && entry.key.byteLength === end - start && beginsWith(octets, start, entry.key))
        return entry.value;
    }
  }

  /** Adds octets (a copy of them) that are not there yet. */
  add(octets: Uint8Array, value: T): void {
    const key = new DataView(Uint8Array.from(octets).buffer);
    this.#entries.push({ hash: hashOf(key, 0, key.byteLength), key, value });
    if (this.#entries.length * 2 > this.#slots.length) this.#slots = new Int32Array(this.#slots.length * 4);
    else return this.#place(this.#entries.length);
    for (let index = 1; index <= this.#entries.length; index += 1) this.#place(index);
  }

  /** In the order in which they were added. */
  values(): readonly T[] {
    return this.#entries.map(({ value }) => value);
  }

  #place(index: number): void {
    const mask = this.#slots.length - 1;
    let slot = this.#entries[index - 1]!.hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = index;
  }
}

/** Four octets at a time, mixed as in MurmurHash3; of no strength against who chooses keys, who are our own journals. */
function hashOf(octets: DataView, start: number, end: number): number {
  let hash = end - start;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word = Math.imul(octets.getInt32(at), 0xcc9e2d51);
    hash = Math.imul(hash ^ word ^ (word >>> 15), 0x1b873593);
    hash ^= hash >>> 13;
  }
  for (; at < end; at += 1) hash = Math.imul(hash ^ octets.getUint8(at), 0x01000193);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Whether the key stands at `start`. */
function beginsWith(octets: DataView, start: number, key: DataView): boolean {
  let at = 0;
  for (; at + 4 <= key.byteLength; at += 4) if (key.getInt32(at) !== octets.getInt32(start + at)) return false;
  for (; at < key.byteLength; at += 1) if (key.getUint8(at) !== octets.getUint8(start + at)) return false;
  return true;
}
