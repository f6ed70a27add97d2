import { GOLDEN, mix, scale } from './mix.ts';

/** Width of the band: an equation has coefficients in this many words of 32 from where it starts (ADR 12); in all, if there are fewer. */
export const BAND_WORDS = 8;

/** A key as 63 bits; see `KeyHash`. */
export interface Key {
  readonly high: number;
  /** The lowest bit is the status in a builder, and not part of the key. */
  readonly low: number;
}

/** The linear equation over GF(2) that a key stands for in a system of so many words of unknowns. */
export class Equation {
  /** The word that the coefficients start at. */
  start = 0;
  /** How many words of them there are; the others are 0. */
  width = 0;
  readonly coefficients: Int32Array = new Int32Array(BAND_WORDS);

  /** @param seed another seed gives other equations; @param words unknowns / 32, at least 1 */
  derive(key: Key, seed: number, words: number): void {
    const first = mix(key.high + Math.imul(seed + 1, GOLDEN));
    const second = mix((key.low & ~1) ^ first);
    const width = Math.min(BAND_WORDS, words);
    this.width = width;
    this.start = scale(second, words - width + 1);
    const { coefficients } = this;
    let step = second;
    for (let index = 0; index < width; index += 1) {
      step = (step + GOLDEN) | 0;
      coefficients[index] = mix(first ^ Math.imul(step, 0x85ebca77));
    }
  }
}

/** @returns 1 when an odd number of bits is set, or 0 */
export function parity(word: number): number {
  let folded = word ^ (word >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  return (0x6996 >>> (folded & 15)) & 1;
}
