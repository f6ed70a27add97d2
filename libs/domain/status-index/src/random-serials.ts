import type { SerialMap } from './serial-map.ts';
import { SERIAL_WORDS, serialOctets } from './serial-words.ts';
import { CONTROL, growTo } from './shared-memory.ts';
import type { StatusIndexMemory } from './shared-memory.ts';

const SERIAL_OCTETS = SERIAL_WORDS * 4;
const FIRST_BITS = 10;
const FIRST_SLOTS = 1 << FIRST_BITS;
const IMAGE_CHUNK = 64 * 1024;

/** Octets of all tables up to the one that holds `capacity` serial numbers at half load. */
export const tableOctets = (capacity: number): number =>
  2 * Math.max(FIRST_SLOTS, 2 ** Math.ceil(Math.log2(capacity * 2))) * 4;

/**
 * For everyone else: ordinals in order of first appearance, found through an open-addressing table of ordinal + 1 with
 * linear probing. When half full, a table of twice the size is written behind the present one in the same buffer and
 * then switched to by one store, so that a reader probes a whole table, the old or the new.
 */
export class RandomSerials implements SerialMap {
  readonly #control: Int32Array;
  readonly #serialBuffer: SharedArrayBuffer;
  readonly #serials: Uint32Array;
  readonly #tableBuffer: SharedArrayBuffer;
  readonly #table: Uint32Array;

  constructor({ control, serials, table }: StatusIndexMemory) {
    this.#control = new Int32Array(control);
    this.#serialBuffer = serials!;
    this.#serials = new Uint32Array(this.#serialBuffer);
    this.#tableBuffer = table!;
    this.#table = new Uint32Array(this.#tableBuffer);
  }

  find(serial: Uint32Array): number {
    const bits = Atomics.load(this.#control, CONTROL.tableBits);
    if (bits === 0) return -1;
    const slots = 2 ** bits;
    const start = slots - FIRST_SLOTS;
    for (let slot = hashOf(serial) & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const entry = Atomics.load(this.#table, start + slot);
      if (entry === 0) return -1;
      if (this.#equals(entry - 1, serial)) return entry - 1;
    }
  }

  allot(serial: Uint32Array): number {
    const found = this.find(serial);
    if (found >= 0) return found;
    const ordinal = Atomics.load(this.#control, CONTROL.rows);
    growTo(this.#serialBuffer, (ordinal + 1) * SERIAL_OCTETS);
    this.#serials.set(serial, ordinal * SERIAL_WORDS);
    this.#index(ordinal + 1);
    this.#enter(ordinal, Atomics.load(this.#control, CONTROL.tableBits));
    return ordinal;
  }

  serialOf(ordinal: number): Uint8Array {
    return serialOctets(this.#wordsOf(ordinal));
  }

  imageLength(rows: number): number {
    return rows * SERIAL_OCTETS;
  }

  /** Serial numbers are only ever added: those of the first rows never change under a reader. */
  *image(rows: number): Generator<Uint8Array> {
    const octets = new Uint8Array(this.#serialBuffer, 0, rows * SERIAL_OCTETS);
    for (let start = 0; start < octets.length; start += IMAGE_CHUNK) yield octets.slice(start, start + IMAGE_CHUNK);
  }

  restore(rows: number, read: (target: Uint8Array) => void): void {
    growTo(this.#serialBuffer, rows * SERIAL_OCTETS);
    read(new Uint8Array(this.#serialBuffer, 0, rows * SERIAL_OCTETS));
    Atomics.store(this.#control, CONTROL.rows, rows);
    this.#index(rows);
  }

  /** Makes the table fit for `count` serial numbers; a new table takes those that have a row already. */
  #index(count: number): void {
    const present = Atomics.load(this.#control, CONTROL.tableBits);
    let bits = Math.max(present, FIRST_BITS);
    while (count * 2 > 2 ** bits) bits += 1;
    if (bits === present) return;
    growTo(this.#tableBuffer, (2 ** (bits + 1) - FIRST_SLOTS) * 4);
    const rows = Atomics.load(this.#control, CONTROL.rows);
    for (let ordinal = 0; ordinal < rows; ordinal += 1) this.#enter(ordinal, bits);
    Atomics.store(this.#control, CONTROL.tableBits, bits);
  }

  #enter(ordinal: number, bits: number): void {
    const slots = 2 ** bits;
    const start = slots - FIRST_SLOTS;
    let slot = hashOf(this.#wordsOf(ordinal)) & (slots - 1);
    while (this.#table[start + slot] !== 0) slot = (slot + 1) & (slots - 1);
    Atomics.store(this.#table, start + slot, ordinal + 1);
  }

  #wordsOf(ordinal: number): Uint32Array {
    return this.#serials.subarray(ordinal * SERIAL_WORDS, (ordinal + 1) * SERIAL_WORDS);
  }

  #equals(ordinal: number, serial: Uint32Array): boolean {
    const at = ordinal * SERIAL_WORDS;
    for (let index = 0; index < SERIAL_WORDS; index += 1) {
      if (this.#serials[at + index] !== serial[index]) return false;
    }
    return true;
  }
}

/** MurmurHash3 (x86, 32 bit) over five words. Only an authority adds entries, so the hash needs no key. */
function hashOf(serial: Uint32Array): number {
  let hash = 0;
  for (let index = 0; index < SERIAL_WORDS; index += 1) {
    const mixed = Math.imul(serial[index]!, 0xcc9e2d51);
    hash ^= Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
