import type { PackedState } from './packed-state.ts';
import { LAST_SECOND } from './packed-state.ts';

/*
 * How the index lies in memory. Ordinals are divided into pages of 2048.
 *
 * codes    two bits a certificate, sixteen in a word: all that is to be said of one that is not revoked, so that a look-up
 *          of a good certificate reads one word, and no reader ever sees half of a change of it.
 * headers  of each page: a version (a seqlock for the revoked ones), how many are revoked before each of its blocks of 256
 *          ordinals (a cache line of codes), and the numbers of the chunks that hold its entries: the first ten in the header
 *          (one cache line), enough for a fifth revoked, those behind them in a chunk that is taken for them.
 * entries  of the revoked ones: two words each, of a page with invalidity dates three, packed in the order of ordinals. They
 *          are found by rank: how many of the page are revoked before. Chunks have one size, so that none is ever wasted, and are
 *          filled by 48 entries or 32, so that none lies in two.
 */
export const PAGE_BITS = 11;
export const ORDINALS_A_PAGE = 1 << PAGE_BITS;
const ORDINALS_A_WORD = 16;
export const CODE_WORDS = ORDINALS_A_PAGE / ORDINALS_A_WORD;
export const BLOCK_BITS = 8;
export const BLOCKS = ORDINALS_A_PAGE >> BLOCK_BITS;

export const CODE = { notIssued: 0, goodOnCard: 1, goodOnSmartphone: 2, revoked: 3 } as const;

export const CHUNK_WORDS = 96;
/** Words of an entry. */
export const NARROW = 2;
export const WIDE = 3;
const MOST_CHUNKS = (ORDINALS_A_PAGE * WIDE) / CHUNK_WORDS;

/** Word 0 of a header: being written, entries are wide, and a number that steps with each change. */
export const VERSION = { beingWritten: 1, wide: 2, step: 4 } as const;
/** The first of {@link BLOCKS} 16-bit counts: of revoked certificates before the second block, …, before the next page. */
export const FIRST_COUNT = 2;
/** The first chunk number. */
export const FIRST_CHUNK = 1 + BLOCKS / 2;
export const HEADER_WORDS = 16;
/** The last word: the number of the chunk with the further chunk numbers. */
export const FURTHER_CHUNKS = HEADER_WORDS - 1;
export const CHUNKS_IN_HEADER = FURTHER_CHUNKS - FIRST_CHUNK;

/** Octets of each buffer for so many ordinals, every one revoked. */
export const mostOctets = (capacity: number): { codes: number; headers: number; entries: number } => {
  const pages = Math.ceil(capacity / ORDINALS_A_PAGE);
  return {
    codes: pages * CODE_WORDS * 4,
    headers: pages * HEADER_WORDS * 4,
    entries: pages * (MOST_CHUNKS + 1) * CHUNK_WORDS * 4,
  };
};

/** The even bits of the revoked ones in a word of codes. */
export const revokedBits = (word: number): number => word & (word >>> 1) & 0x5555_5555;

/** How many of the even bits are set. */
export function countBits(bits: number): number {
  const pairs = (bits & 0x3333_3333) + ((bits >>> 2) & 0x3333_3333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}

/*
 * The second word of an entry: carrier, whether there is an invalidity date and reason, as in the flags from bit 2 on, and
 * notAfter in units of 64 seconds, rounded up, so that nothing leaves a CRL before its certificate has expired.
 */
const FLAG_BITS = 6;
const UNIT_SECONDS = 64;
const LAST_UNIT = 2 ** (32 - FLAG_BITS) - 1;

/** When the entry of a certificate that ends then (in seconds) may leave the CRL. */
export function roundedUp(notAfter: number): number {
  const units = Math.ceil(notAfter / UNIT_SECONDS);
  return units >= LAST_UNIT ? LAST_SECOND : units * UNIT_SECONDS;
}

export const secondWord = ({ flags, notAfter }: PackedState): number =>
  (((notAfter === LAST_SECOND ? LAST_UNIT : notAfter / UNIT_SECONDS) << FLAG_BITS) | (flags >>> 2)) >>> 0;

/** Flags and notAfter of a second word. */
export const flagsOf = (word: number): number => ((word & 0x3f) << 2) | 0x03;
export function notAfterOf(word: number): number {
  const units = word >>> FLAG_BITS;
  return units === LAST_UNIT ? LAST_SECOND : units * UNIT_SECONDS;
}
