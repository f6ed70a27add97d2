/**
 * Numbers stretches of octets in the order in which they are added, and finds the number of one where it lies. All keys
 * stand in one piece of memory: with a `Map` of strings a look-up among thousands takes three times as long, most of it
 * waiting for memory, and that would be half of what counting a record costs.
 */
export class OctetIndex {
  /** The keys, one after the other; key `n` ends where `#ends[n + 1]` says. */
  #keys = new DataView(new ArrayBuffer(4_096));
  #ends = new Int32Array(64);
  /** Open addressing: 1 + number of a key, 0 where none is. A power of two, at least half of it free. */
  #slots = new Int32Array(128);
  #size = 0;

  /** Looks up the octets from `start` to before `end`. @returns their number, or −1 */
  find(octets: DataView, start: number, end: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(octets, start, end) & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot]! - 1;
      if (number < 0) return -1;
      const length = this.#ends[number + 1]! - this.#ends[number]!;
      if (length === end - start && this.#standsAt(number, octets, start)) return number;
    }
  }

  /** Adds octets (a copy of them) that are not there yet. @returns their number: how many there were before */
  add(octets: Uint8Array): number {
    const number = this.#size++;
    const start = this.#ends[number]!;
    const end = start + octets.length;
    if (end > this.#keys.byteLength)
      this.#keys = new DataView(grown(new Uint8Array(this.#keys.buffer), 2 * end).buffer);
    new Uint8Array(this.#keys.buffer).set(octets, start);
    if (number + 2 > this.#ends.length) {
      const ends = new Int32Array(this.#ends.length * 2);
      ends.set(this.#ends);
      this.#ends = ends;
    }
    this.#ends[number + 1] = end;
    if (this.#size * 2 <= this.#slots.length) this.#place(number);
    else {
      this.#slots = new Int32Array(this.#slots.length * 4);
      for (let known = 0; known < this.#size; known += 1) this.#place(known);
    }
    return number;
  }

  #place(number: number): void {
    const mask = this.#slots.length - 1;
    let slot = hashOf(this.#keys, this.#ends[number]!, this.#ends[number + 1]!) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = number + 1;
  }

  #standsAt(number: number, octets: DataView, start: number): boolean {
    const keys = this.#keys;
    const end = this.#ends[number + 1]!;
    let at = this.#ends[number]!;
    const shift = start - at;
    for (; at + 4 <= end; at += 4) if (keys.getInt32(at) !== octets.getInt32(at + shift)) return false;
    for (; at < end; at += 1) if (keys.getUint8(at) !== octets.getUint8(at + shift)) return false;
    return true;
  }
}

function grown(octets: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(octets);
  return larger;
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
  return hash ^ (hash >>> 16);
}
