import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { Cipheriv, Decipheriv } from 'node:crypto';
import { KEY_OCTETS, LAST_KEY_VERSION, SEAL_CIPHER } from './seal-serial.ts';

const PRESENT = (LAST_KEY_VERSION + 1) * KEY_OCTETS;

/** Octets of the memory that holds the keys: 32 a version, then one a version that says whether it is there. */
export const SEALING_KEYS_OCTETS = PRESENT + LAST_KEY_VERSION + 1;

/**
 * The sealing keys of an authority by version, in memory that the threads share: a key that is added serves all of them.
 * Each thread keeps one cipher object a version, which is ten times faster than one a block.
 */
export class SealingKeys {
  readonly #octets: Uint8Array;
  readonly #openers: (Decipheriv | undefined)[] = [];
  readonly #sealers: (Cipheriv | undefined)[] = [];

  constructor(memory: SharedArrayBuffer) {
    this.#octets = new Uint8Array(memory);
  }

  /** Writer only. A version's key stays what it was first. */
  add(version: number, key: Uint8Array): void {
    if (this.has(version)) return;
    this.#octets.set(key, version * KEY_OCTETS);
    Atomics.store(this.#octets, PRESENT + version, 1);
  }

  has(version: number): boolean {
    return version > 0 && version <= LAST_KEY_VERSION && Atomics.load(this.#octets, PRESENT + version) === 1;
  }

  /** Decrypts blocks; undefined: the key is not known. */
  opener(version: number): Decipheriv | undefined {
    const kept = this.#openers[version];
    if (kept || !this.has(version)) return kept;
    return (this.#openers[version] = createDecipheriv(SEAL_CIPHER, this.#key(version), null).setAutoPadding(false));
  }

  /** Encrypts blocks; undefined: the key is not known. */
  sealer(version: number): Cipheriv | undefined {
    const kept = this.#sealers[version];
    if (kept || !this.has(version)) return kept;
    return (this.#sealers[version] = createCipheriv(SEAL_CIPHER, this.#key(version), null).setAutoPadding(false));
  }

  #key(version: number): Uint8Array {
    return this.#octets.slice(version * KEY_OCTETS, (version + 1) * KEY_OCTETS);
  }
}
