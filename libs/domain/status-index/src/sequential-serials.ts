import { serialNumberOctets } from '@kakunin/x509';
import { ORDINALS_A_PAGE } from './page-layout.ts';
import type { SerialMap } from './serial-map.ts';
import { readSerial, SERIAL_WORDS, serialOctets, significantFrom, writeOctets } from './serial-words.ts';
import type { StatusIndexMemory } from './shared-memory.ts';
import { StatusIndexError } from './status-index-error.ts';

const WORD = 2 ** 32;
const NEAR_OCTETS = 6;

/** For authorities that count: ordinal = serial − first. */
export class SequentialSerials implements SerialMap {
  readonly ascending = true;
  readonly #first: Uint32Array;
  /** The first serial number where numbers are exact as far as the capacity reaches; −1 beyond that. */
  readonly #near: number;
  readonly #words = new Uint32Array(SERIAL_WORDS);
  readonly #capacity: number;
  /** What {@link serialsOf} gives: octets in one buffer, whose views stay while serial numbers keep their length. */
  readonly #octets = new Uint8Array(ORDINALS_A_PAGE * (NEAR_OCTETS + 1));
  readonly #views: Uint8Array[] = [];

  constructor({ scheme, capacity }: StatusIndexMemory) {
    const first = scheme.kind === 'sequential' ? scheme.first : '0';
    this.#first = readSerial(serialNumberOctets(first))!.slice();
    this.#capacity = capacity;
    const near = parseInt(first, 16);
    this.#near = near + capacity <= 256 ** NEAR_OCTETS ? near : -1;
  }

  find(octets: Uint8Array, start: number, end: number): number {
    if (this.#near < 0) return this.#findFar(octets, start, end);
    const first = significantFrom(octets, start, end);
    if (first < 0 || end - first > NEAR_OCTETS) return -1;
    let serial = 0;
    for (let index = first; index < end; index += 1) serial = serial * 256 + octets[index]!;
    const ordinal = serial - this.#near;
    return ordinal >= 0 && ordinal < this.#capacity ? ordinal : -1;
  }

  #findFar(octets: Uint8Array, start: number, end: number): number {
    const serial = readSerial(octets, start, end);
    if (!serial) return -1;
    let borrow = 0;
    let ordinal = 0;
    let beyond = 0;
    for (let index = SERIAL_WORDS - 1; index >= 0; index -= 1) {
      const difference = serial[index]! - this.#first[index]! - borrow;
      borrow = difference < 0 ? 1 : 0;
      const word = difference + borrow * WORD;
      if (index === SERIAL_WORDS - 1) ordinal = word;
      else beyond |= word;
    }
    return borrow === 0 && beyond === 0 && ordinal < this.#capacity ? ordinal : -1;
  }

  allot(serial: Uint8Array): number {
    const ordinal = this.find(serial, 0, serial.length);
    if (ordinal >= 0) return ordinal;
    throw new StatusIndexError(
      'serial_out_of_range',
      `A serial number lies before the first of its authority or more than ${this.#capacity} after it.`,
    );
  }

  serialsOf(ordinals: Uint32Array, count: number): readonly Uint8Array[] {
    for (let index = 0; index < count; index += 1) {
      const ordinal = ordinals[index]!;
      if (this.#near >= 0) this.#nearSerial(index, this.#near + ordinal);
      else this.#views[index] = this.#serialOf(ordinal);
    }
    return this.#views;
  }

  /** Numbers below 2⁴⁸ in two words: a nation's CRL asks for each of its entries three times. */
  writeSerial(ordinal: number, target: DataView, offset: number): number {
    if (this.#near < 0) return writeOctets(this.#serialOf(ordinal), target, offset);
    const serial = this.#near + ordinal;
    const high = Math.trunc(serial / WORD);
    const low = serial >>> 0;
    const size = sizeOf(high, low);
    if (size <= 4) target.setUint32(offset, low << (8 * (4 - size)));
    else {
      const behind = 8 * (size - 4);
      target.setUint32(offset, (high << (32 - behind)) | (low >>> behind));
      target.setUint32(offset + 4, low << (32 - behind));
    }
    return size;
  }

  imageLength(): number {
    return 0;
  }

  image(): Iterable<Uint8Array> {
    return [];
  }

  restore(): void {}

  /** Numbers below 2⁴⁸, without an allocation. */
  #nearSerial(index: number, serial: number): void {
    const high = Math.trunc(serial / WORD);
    const length = sizeOf(high, serial >>> 0);
    if (this.#views[index]?.length !== length) {
      const start = index * (NEAR_OCTETS + 1);
      this.#views[index] = this.#octets.subarray(start, start + length);
    }
    const view = this.#views[index]!;
    for (let at = length - 1, shift = 0; at >= 0; at -= 1, shift += 8)
      view[at] = (shift < 32 ? serial : high) >>> shift;
  }

  #serialOf(ordinal: number): Uint8Array {
    const words = this.#words;
    let carry = ordinal;
    for (let index = SERIAL_WORDS - 1; index >= 0; index -= 1) {
      const sum = this.#first[index]! + carry;
      words[index] = sum;
      carry = sum >= WORD ? 1 : 0;
    }
    return serialOctets(words);
  }
}

/** Octets of the DER INTEGER: the sign takes a bit of its own. */
const sizeOf = (high: number, low: number): number => (high > 0 ? 72 - Math.clz32(high) : 40 - Math.clz32(low)) >>> 3;
