/** A made-up nation of certificates, for load tests: everything follows from these numbers. */
export interface Population {
  /** An integer; another one makes another nation. */
  readonly seed: number;
  /** Certificates that are issued, with ordinals from 0. At most 2³¹. */
  readonly size: number;
  /** Which share of them is revoked, 0 to 1. */
  readonly revokedShare: number;
  /** Which share lives on a smartphone, 0 to 1. */
  readonly smartphoneShare: number;
  /**
   * How unevenly certificates are used, as in Zipf's law: the k-th most used one as often as k to the power of minus this.
   * 0: all alike. Anything from 0 to 3.
   */
  readonly reuseExponent: number;
}

/** What a load test knows of one certificate. */
export interface MadeUpCertificate {
  readonly ordinal: number;
  readonly carrier: 'card' | 'smartphone';
  readonly revoked: boolean;
}

const ROUNDS = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f] as const;
const TWO_TO_32 = 2 ** 32;
const [REVOKED, CARRIER, REUSE] = [1, 2, 3];

/** MurmurHash3's finalizer over two words: spreads every bit of both over 32. */
function mixed(left: number, right: number): number {
  let hash = Math.imul(left ^ 0x5bd1e995, 0xcc9e2d51) ^ right;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A number from 0 up to 1, the same for the same seed, question and place. */
const fraction = ({ seed }: Population, question: number, place: number): number =>
  mixed(mixed(seed, question), place) / TWO_TO_32;

/** The certificate with this ordinal, 0 to `size` - 1. Nothing is kept: each is made when it is asked for. */
export function certificateAt(population: Population, ordinal: number): MadeUpCertificate {
  if (!Number.isInteger(ordinal) || ordinal < 0 || ordinal >= population.size)
    throw new RangeError('There is no certificate of that ordinal.');
  return {
    ordinal,
    carrier: fraction(population, CARRIER, ordinal) < population.smartphoneShare ? 'smartphone' : 'card',
    revoked: fraction(population, REVOKED, ordinal) < population.revokedShare,
  };
}

/** Four Feistel rounds over `2 × bits` bits: a permutation, whatever `mixed` does. */
function permuted(value: number, bits: number, seed: number): number {
  const mask = 2 ** bits - 1;
  let [left, right] = [Math.floor(value / 2 ** bits), value & mask];
  for (const round of ROUNDS) [left, right] = [right, left ^ (mixed(seed ^ round, right) & mask)];
  return left * 2 ** bits + right;
}

/**
 * Which ordinal has this rank of use, 0 being the most used: a permutation of 0 to `size` - 1, so that certificates which
 * are used often lie anywhere among the others.
 */
export function ordinalOfRank({ size, seed }: Population, rank: number): number {
  const bits = Math.max(1, Math.ceil(Math.log2(size) / 2));
  let ordinal = rank;
  // Walks the cycle until it is back among those that exist: less than four steps on average.
  do ordinal = permuted(ordinal, bits, seed);
  while (ordinal >= size);
  return ordinal;
}

/** Ranks drawn by inverting a bounded power law; continuous, hence Zipf-like. `uniform`: 0 up to 1. */
function rankOf({ size, reuseExponent }: Population, uniform: number): number {
  const power = 1 - reuseExponent;
  const drawn =
    Math.abs(power) < 1e-9 ? (size + 1) ** uniform : ((size + 1) ** power * uniform + (1 - uniform)) ** (1 / power);
  return Math.min(size - 1, Math.floor(drawn) - 1);
}

/** The certificate of the n-th check of a run: the same run and number, the same certificate. */
export function certificateOfCheck(population: Population, run: number, check: number): MadeUpCertificate {
  const rank = rankOf(population, fraction(population, mixed(REUSE, run), check));
  return certificateAt(population, ordinalOfRank(population, rank));
}
