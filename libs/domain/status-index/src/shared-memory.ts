import type { SerialScheme } from '@kakunin/certificates';
import { StatusIndexError } from './status-index-error.ts';

/** Words of the control block: counters that the writer sets and every reader sees. */
export const CONTROL = {
  generation: 0,
  issued: 1,
  revoked: 2,
  rows: 3,
  tableLayout: 4,
  hasHeads: 5,
  fingerprints: 6,
} as const;

/**
 * The memory of one index; it can be posted to a worker thread, where a `StatusIndexReader` attaches to it. It stays within
 * the process: for scheme `sealed` it holds keys.
 */
export interface StatusIndexMemory {
  readonly scheme: SerialScheme;
  /** Upper bound of ordinals; address space is reserved for it, memory is taken as the index grows. */
  readonly capacity: number;
  readonly control: SharedArrayBuffer;
  readonly codes: SharedArrayBuffer;
  readonly headers: SharedArrayBuffer;
  readonly entries: SharedArrayBuffer;
  /** SHA-256 of each certificate by ordinal, where the index keeps them. */
  readonly fingerprints?: SharedArrayBuffer;
  /** Number of the partition of each certificate by ordinal, two octets, where the authority has partitions. */
  readonly partitions?: SharedArrayBuffer;
  /** Scheme `random` only. */
  readonly random?: RandomMemory;
  /** Scheme `sealed` only. */
  readonly sealed?: SealedMemory;
}

export interface RandomMemory {
  /** Serial numbers by ordinal: their last 16 octets, */
  readonly serials: SharedArrayBuffer;
  /** and those before them, once a serial number is longer. */
  readonly heads: SharedArrayBuffer;
  /** Hash table of ordinals. */
  readonly table: SharedArrayBuffer;
}

export interface SealedMemory {
  readonly keys: SharedArrayBuffer;
  /** Key version by range of 4096 ordinals, one octet each. */
  readonly versions: SharedArrayBuffer;
}

export const growable = (maxByteLength: number): SharedArrayBuffer => new SharedArrayBuffer(0, { maxByteLength });

const FIRST_STEP = 64 * 1024;

/**
 * Writer only: grows a buffer to at least `byteLength`, by a 64th at least.
 * @returns whether it grew: views have the length that they were made with, because those that follow are five times slower
 * @throws StatusIndexError `capacity_exceeded`
 */
export function growTo(buffer: SharedArrayBuffer, byteLength: number): boolean {
  if (byteLength <= buffer.byteLength) return false;
  if (byteLength > buffer.maxByteLength) throw capacityExceeded();
  const step = Math.max(FIRST_STEP, Math.ceil(buffer.byteLength / 256) * 4);
  buffer.grow(Math.min(buffer.maxByteLength, Math.max(byteLength, buffer.byteLength + step)));
  return true;
}

export const capacityExceeded = (): StatusIndexError =>
  new StatusIndexError('capacity_exceeded', 'The status index is full: start it with a larger capacity.');

const own = new Int32Array(1);

/**
 * Keeps this thread's loads before it from being done after it, and those after it from being done before. JavaScript knows
 * no fence by itself; reading, changing and writing a word, be it nobody else's, is one on the machines that Node runs on.
 */
export const fence = (): unknown => Atomics.add(own, 0, 0);
