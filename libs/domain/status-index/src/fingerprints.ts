import { ORDINALS_A_PAGE } from './page-layout.ts';
import { CONTROL, fence, growTo } from './shared-memory.ts';
import type { StatusIndexMemory } from './shared-memory.ts';

/** SHA-256. */
export const FINGERPRINT_OCTETS = 32;
export const FINGERPRINT_PAGE_OCTETS = ORDINALS_A_PAGE * FINGERPRINT_OCTETS;

/** Fingerprints of certificates by ordinal; all zero: none is known. One seqlock for all, odd while one is written. */
export class Fingerprints {
  readonly #control: Int32Array;
  readonly #buffer: SharedArrayBuffer;
  #octets: Uint8Array;

  constructor(control: Int32Array, buffer: SharedArrayBuffer) {
    this.#control = control;
    this.#buffer = buffer;
    this.#octets = this.#attach();
  }

  static of(control: Int32Array, { fingerprints }: StatusIndexMemory): Fingerprints | undefined {
    return fingerprints && new Fingerprints(control, fingerprints);
  }

  /** @param target 32 octets @returns whether there is one */
  read(ordinal: number, target: Uint8Array): boolean {
    const at = ordinal * FINGERPRINT_OCTETS;
    if (at >= this.#octets.length) this.#octets = this.#attach();
    if (at >= this.#octets.length) return false;
    for (;;) {
      const version = Atomics.load(this.#control, CONTROL.fingerprints);
      let any = 0;
      for (let index = 0; index < FINGERPRINT_OCTETS; index += 1) any |= target[index] = this.#octets[at + index]!;
      fence();
      if ((version & 1) === 0 && Atomics.load(this.#control, CONTROL.fingerprints) === version) return any !== 0;
    }
  }

  /** Writer only. */
  has(ordinal: number, fingerprint: Uint8Array): boolean {
    const at = ordinal * FINGERPRINT_OCTETS;
    return fingerprint.every((octet, index) => octet === this.#octets[at + index]);
  }

  /** Writer only, as all below. @throws StatusIndexError `capacity_exceeded` */
  reserve(pages: number): void {
    if (growTo(this.#buffer, pages * FINGERPRINT_PAGE_OCTETS)) this.#octets = this.#attach();
  }

  write(ordinal: number, fingerprint: Uint8Array): void {
    Atomics.add(this.#control, CONTROL.fingerprints, 1);
    this.#octets.set(fingerprint, ordinal * FINGERPRINT_OCTETS);
    Atomics.add(this.#control, CONTROL.fingerprints, 1);
  }

  /** Those of a page, as an image holds them. */
  page(page: number): Uint8Array {
    return this.#octets.subarray(page * FINGERPRINT_PAGE_OCTETS, (page + 1) * FINGERPRINT_PAGE_OCTETS);
  }

  #attach(): Uint8Array {
    return new Uint8Array(this.#buffer, 0, this.#buffer.byteLength);
  }
}
