/** The finalizer of MurmurHash3: a bijection of 32 bits in which each bit depends on all. */
export function mix(word: number): number {
  let mixed = word ^ (word >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** 2³² divided by the golden ratio, odd. */
export const GOLDEN = 0x9e3779b9;

/** Maps 32 bits evenly to 0 … size − 1. @param size at most 2²⁰, so that the product is exact in a double */
export const scale = (word: number, size: number): number => Math.floor(((word >>> 0) * size) / 0x1_0000_0000);
