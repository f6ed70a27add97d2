import type { SerialMap } from './serial-map.ts';
import { SerialTable } from './serial-table.ts';
import type { HashedSerials } from './serial-table.ts';
import { readSerial, SERIAL_WORDS, serialOctets, writeOctets } from './serial-words.ts';
import { capacityExceeded, CONTROL, growTo } from './shared-memory.ts';
import type { RandomMemory, StatusIndexMemory } from './shared-memory.ts';
import { MOST_SERIALS } from './table-layout.ts';

/** Words of a serial number of up to 16 octets, which nearly all are; the one before them is kept once one is longer. */
const SHORT_WORDS = SERIAL_WORDS - 1;
const SHORT_OCTETS = SHORT_WORDS * 4;
const IMAGE_CHUNK = 256 * 1024;

/** For everyone else: ordinals in order of first appearance, found through a hash table. */
export class RandomSerials implements SerialMap, HashedSerials {
  readonly ascending = false;
  readonly #control: Int32Array;
  readonly #capacity: number;
  readonly #buffers: RandomMemory;
  readonly #table: SerialTable;
  #serials!: Uint32Array;
  #heads!: Uint32Array;
  /** The serial number that is looked for. */
  #sought: Uint32Array = new Uint32Array(SERIAL_WORDS);
  readonly #words = new Uint32Array(SERIAL_WORDS);

  constructor({ control, capacity, random }: StatusIndexMemory) {
    this.#control = new Int32Array(control);
    this.#capacity = Math.min(capacity, MOST_SERIALS);
    this.#buffers = random!;
    this.#table = new SerialTable(control, this.#buffers.table, this);
    this.#attach();
  }

  find(octets: Uint8Array, start: number, end: number): number {
    const serial = readSerial(octets, start, end);
    if (!serial) return -1;
    this.#sought = serial;
    return this.#table.find(hashWords(serial));
  }

  allot(serial: Uint8Array): number {
    const found = this.find(serial, 0, serial.length);
    if (found >= 0) return found;
    const ordinal = Atomics.load(this.#control, CONTROL.rows);
    if (ordinal >= this.#capacity) throw capacityExceeded();
    this.#table.reserve(ordinal + 1);
    this.#keep(ordinal, this.#sought);
    this.#table.add(ordinal, hashWords(this.#sought));
    return ordinal;
  }

  serialsOf(ordinals: Uint32Array, count: number): readonly Uint8Array[] {
    const serials: Uint8Array[] = [];
    for (let index = 0; index < count; index += 1) serials.push(serialOctets(this.#wordsOf(ordinals[index]!)));
    return serials;
  }

  hashOf(ordinal: number): number {
    const serials = this.#serials;
    const at = ordinal * SHORT_WORDS;
    let hash = mix(0, this.#headOf(ordinal));
    for (let index = 0; index < SHORT_WORDS; index += 1) hash = mix(hash, serials[at + index]!);
    return finish(hash);
  }

  isAt(ordinal: number): boolean {
    const at = ordinal * SHORT_WORDS;
    if (at >= this.#serials.length) this.#attach();
    for (let index = 0; index < SHORT_WORDS; index += 1) {
      if (this.#serials[at + index] !== this.#sought[index + 1]) return false;
    }
    return this.#headOf(ordinal) === this.#sought[0];
  }

  writeSerial(ordinal: number, target: DataView, offset: number): number {
    return writeOctets(this.serialsOf(Uint32Array.of(ordinal), 1)[0]!, target, offset);
  }

  imageLength(rows: number): number {
    return 4 + rows * (this.#hasHeads ? SERIAL_WORDS : SHORT_WORDS) * 4;
  }

  /** Serial numbers are only ever added: those of the first rows never change under a reader. */
  image(rows: number): Iterable<Uint8Array> {
    const { serials, heads } = this.#buffers;
    const parts = [new Uint8Array(serials, 0, rows * SHORT_OCTETS)];
    if (this.#hasHeads) parts.push(new Uint8Array(heads, 0, rows * 4));
    return imageOf(parts);
  }

  restore(rows: number, read: (target: Uint8Array) => void): void {
    const parts = new Uint8Array(4);
    read(parts);
    const { serials, heads } = this.#buffers;
    growTo(serials, rows * SHORT_OCTETS);
    read(new Uint8Array(serials, 0, rows * SHORT_OCTETS));
    if (parts[0] === 2) {
      growTo(heads, rows * 4);
      read(new Uint8Array(heads, 0, rows * 4));
      Atomics.store(this.#control, CONTROL.hasHeads, 1);
    }
    this.#attach();
    this.#table.reserve(rows);
    for (let ordinal = 0; ordinal < rows; ordinal += 1) this.#table.add(ordinal, this.hashOf(ordinal));
  }

  get #hasHeads(): boolean {
    return this.#control[CONTROL.hasHeads] !== 0;
  }

  #keep(ordinal: number, words: Uint32Array): void {
    const { serials, heads } = this.#buffers;
    let grew = growTo(serials, (ordinal + 1) * SHORT_OCTETS);
    const hasHeads = words[0] !== 0 || this.#hasHeads;
    if (hasHeads) grew = growTo(heads, (ordinal + 1) * 4) || grew;
    if (grew) this.#attach();
    for (let index = 0; index < SHORT_WORDS; index += 1) {
      this.#serials[ordinal * SHORT_WORDS + index] = words[index + 1]!;
    }
    if (!hasHeads) return;
    this.#heads[ordinal] = words[0]!;
    Atomics.store(this.#control, CONTROL.hasHeads, 1);
  }

  #wordsOf(ordinal: number): Uint32Array {
    const at = ordinal * SHORT_WORDS;
    if (at >= this.#serials.length) this.#attach();
    this.#words[0] = this.#headOf(ordinal);
    for (let index = 0; index < SHORT_WORDS; index += 1) this.#words[index + 1] = this.#serials[at + index]!;
    return this.#words;
  }

  #headOf(ordinal: number): number {
    if (!this.#hasHeads) return 0;
    if (ordinal >= this.#heads.length) this.#attach();
    return this.#heads[ordinal] ?? 0;
  }

  #attach(): void {
    const { serials, heads } = this.#buffers;
    this.#serials = new Uint32Array(serials, 0, serials.byteLength / 4);
    this.#heads = new Uint32Array(heads, 0, heads.byteLength / 4);
  }
}

function* imageOf(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  yield Uint8Array.of(parts.length, 0, 0, 0);
  for (const part of parts) {
    for (let start = 0; start < part.length; start += IMAGE_CHUNK) yield part.slice(start, start + IMAGE_CHUNK);
  }
}

/** MurmurHash3 (x86, 32 bit) over five words. Only an authority adds entries, so the hash needs no key. */
function hashWords(serial: Uint32Array): number {
  let hash = 0;
  for (let index = 0; index < SERIAL_WORDS; index += 1) hash = mix(hash, serial[index]!);
  return finish(hash);
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  const next = hash ^ Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
}
