/**
 * The retry window of a process, shared by all its threads: posted to each, which reads and writes it through a
 * `RetryWindow` and `RequestClaims`. Nothing in it is allocated or moved later.
 */
export interface RetryWindowMemory {
  /** How long a recorded request is remembered, milliseconds. */
  readonly lengthMs: number;
  /** The level in use, and by level when it was last written to (low 32 bits of epoch milliseconds). */
  readonly levels: SharedArrayBuffer;
  /** Buckets of entries. The system gives a page of it when something is written there, not before. */
  readonly entries: SharedArrayBuffer;
  /** One word a stripe of digests: who records a request among them. */
  readonly claims: SharedArrayBuffer;
  /** One word a worker: what it claims with while it lives. */
  readonly claimants: SharedArrayBuffer;
}

/**
 * A bucket holds 16 entries; with five of them in use on average, one bucket in 80,000 is full. It is four cache lines:
 * the first words of the digests, the second ones, the times (low 32 bits of epoch milliseconds), the states. So a
 * request that is new is looked up in one line.
 */
export const ENTRIES = 16;
export const BUCKET_WORDS = 4 * ENTRIES;
export const SECOND = ENTRIES;
export const TIME = 2 * ENTRIES;
export const STATE = 3 * ENTRIES;
const EVENLY_FILLED = 5;

/**
 * A level is the logarithm of how many buckets it has: its buckets begin where as many buckets end. The first takes
 * 2 MB, each next one four times as much.
 */
export const FIRST_LEVEL = 13;
export const LEVEL_STEP = 2;
const MOST_LEVELS = 32;

const STRIPES = 2 ** 18;
export const WORKERS = 2 ** 8;

export interface RetryWindowSize {
  readonly lengthMs: number;
  /**
   * Requests with nonce within the window that are remembered when they come evenly. The default, 2,600,000, is 43,000
   * a second for a minute, which takes 128 MB, and 42 MB for the levels that it came through; a tenth of it takes a
   * tenth. Beyond it the oldest are forgotten early, here and there.
   */
  readonly capacity?: number;
}

export function createRetryWindow({ lengthMs, capacity = 2_600_000 }: RetryWindowSize): RetryWindowMemory {
  const steps = Math.ceil((Math.log2(capacity / EVENLY_FILLED) - FIRST_LEVEL) / LEVEL_STEP);
  const lastLevel = FIRST_LEVEL + LEVEL_STEP * Math.max(0, steps);
  const levels = new SharedArrayBuffer(4 * MOST_LEVELS);
  new Int32Array(levels)[0] = FIRST_LEVEL;
  return {
    lengthMs,
    levels,
    entries: new SharedArrayBuffer(4 * BUCKET_WORDS * 2 ** (lastLevel + 1)),
    claims: new SharedArrayBuffer(4 * STRIPES),
    claimants: new SharedArrayBuffer(4 * WORKERS),
  };
}

/** Four octets of a digest as a signed number. */
export const wordOf = (digests: Uint8Array, at: number): number =>
  digests[at]! | (digests[at + 1]! << 8) | (digests[at + 2]! << 16) | (digests[at + 3]! << 24);
