/**
 * The retry window of a process, shared by all its threads: posted to each, which reads and writes it through a
 * `RetryWindow` and `RequestClaims`. Nothing in it is allocated or moved later.
 */
export interface RetryWindowMemory {
  /** How long a recorded request is remembered, milliseconds. */
  readonly lengthMs: number;
  /** {@link GENERATIONS} words of each of {@link CONTROL}. */
  readonly control: SharedArrayBuffer;
  /** The entries of all generations. The system gives a page of it when something is written there, not before. */
  readonly entries: SharedArrayBuffer;
  /** One word a stripe of digests: who records a request among them. */
  readonly claims: SharedArrayBuffer;
  /** One word a worker: what it claims with while it lives. */
  readonly claimants: SharedArrayBuffer;
}

/** Three carry an even load; two more a load that grows eightfold twice within one window. */
export const GENERATIONS = 5;

/**
 * - `word`: the turn at which the generation was opened (from 1), and the logarithm of its size
 * - `opened`, `newest`: when, and the time of its newest entry: low 32 bits of epoch milliseconds
 * - `filled`: its entries
 */
export const CONTROL = { word: 0, opened: GENERATIONS, newest: 2 * GENERATIONS, filled: 3 * GENERATIONS } as const;

/** Turn and count (0: being written), two words of the digest, time (low 32 bits of epoch milliseconds). */
export const ENTRY_WORDS = 4;
/** Below the turn in the first word of an entry and of a generation. */
export const TURN_SHIFT = 10;
export const BELOW_TURN = 2 ** TURN_SHIFT - 1;
/** Of a generation that is three quarters full: 1 MB at least. */
export const LEAST_BITS = 16;
export const FULL = 0.75;

const STRIPES = 2 ** 18;
export const WORKERS = 2 ** 8;

/** Logarithm of the size in which a generation takes as many entries with room for half as many again. */
export const bitsFor = (entries: number): number => Math.ceil(Math.log2((1.5 * Math.max(1, entries)) / FULL));

export interface RetryWindowSize {
  readonly lengthMs: number;
  /**
   * Requests with nonce within the window that are remembered when they come evenly. The default, 2,400,000, is 40,000
   * a second for a minute; 96 MB are in use then, 160 MB at most. Beyond it the oldest are forgotten early.
   */
  readonly capacity?: number;
}

export function createRetryWindow({ lengthMs, capacity = 2_400_000 }: RetryWindowSize): RetryWindowMemory {
  const bits = Math.max(LEAST_BITS, Math.ceil(Math.log2(capacity / 2 / FULL)));
  return {
    lengthMs,
    control: new SharedArrayBuffer(4 * Object.keys(CONTROL).length * GENERATIONS),
    entries: new SharedArrayBuffer(4 * ENTRY_WORDS * GENERATIONS * 2 ** bits),
    claims: new SharedArrayBuffer(4 * STRIPES),
    claimants: new SharedArrayBuffer(4 * WORKERS),
  };
}

/** Four octets of a digest as a signed number. */
export const wordOf = (digest: Uint8Array, at: number): number =>
  digest[at]! | (digest[at + 1]! << 8) | (digest[at + 2]! << 16) | (digest[at + 3]! << 24);
