import { BlindListError } from './blind-list-error.ts';
import { GOLDEN, mix } from './mix.ts';

/** SHA-256. */
const FINGERPRINT_OCTETS = 32;
export const SALT_OCTETS = 16;

/**
 * What a list knows a certificate by: a place among the blocks and a key of 63 bits, of its fingerprint under the list's salt.
 * All octets of the fingerprint count, and whoever has certificates made does not know the salts of later lists: so nobody
 * can crowd a block.
 */
export class KeyHash {
  /** Of the fingerprint that `take` was given last: 32 bits that say in which block it is. */
  place = 0;
  /** The key within the block. */
  high = 0;
  /** Its lowest bit is 0: a builder keeps the status there. */
  low = 0;
  readonly #salt: Int32Array;

  /** @param salt 16 octets @throws BlindListError `invalid_input` */
  constructor(salt: Uint8Array) {
    if (salt.length !== SALT_OCTETS) throw new BlindListError('invalid_input', 'A salt has 16 octets.');
    this.#salt = Int32Array.from({ length: 4 }, (_, index) => word(salt, index * 4));
  }

  /** @param fingerprint 32 octets @throws BlindListError `invalid_input` */
  take(fingerprint: Uint8Array): void {
    if (fingerprint.length !== FINGERPRINT_OCTETS) {
      throw new BlindListError('invalid_input', 'A fingerprint is a SHA-256: 32 octets.');
    }
    let first = this.#salt[0]!;
    let second = this.#salt[1]!;
    let third = this.#salt[2]!;
    for (let at = 0; at < FINGERPRINT_OCTETS; at += 4) {
      const next = word(fingerprint, at);
      first = (mix(first ^ next) + second) | 0;
      second = Math.imul(second ^ next, GOLDEN) ^ (first >>> 15);
      third = Math.imul(third + first, 0x27d4eb2f) ^ (second >>> 13);
    }
    this.high = mix(first ^ this.#salt[3]!) >>> 0;
    this.low = (mix(second ^ this.high) & ~1) >>> 0;
    this.place = mix(third ^ this.low) >>> 0;
  }
}

const word = (octets: Uint8Array, at: number): number =>
  octets[at]! | (octets[at + 1]! << 8) | (octets[at + 2]! << 16) | (octets[at + 3]! << 24);
