import type { SerialScheme } from '@kakunin/certificates';
import { StatusIndexError } from './status-index-error.ts';

/** Words of the control block: counters that the writer sets and every reader sees. */
export const CONTROL = { generation: 0, issued: 1, revoked: 2, rows: 3, tableBits: 4 } as const;

/** The memory of one index; it can be posted to a worker thread, where a `StatusIndexReader` attaches to it. */
export interface StatusIndexMemory {
  readonly scheme: SerialScheme;
  /** Upper bound of rows; address space is reserved for it, memory is taken as the index grows. */
  readonly capacity: number;
  readonly control: SharedArrayBuffer;
  readonly rows: SharedArrayBuffer;
  /** Scheme `random` only: serial numbers by ordinal, and the hash table over them. */
  readonly serials?: SharedArrayBuffer;
  readonly table?: SharedArrayBuffer;
}

export const growable = (maxByteLength: number): SharedArrayBuffer => new SharedArrayBuffer(0, { maxByteLength });

const FIRST_STEP = 64 * 1024;

/** Grows a buffer by doubling to at least `byteLength`; views without a length follow by themselves, in all threads. */
export function growTo(buffer: SharedArrayBuffer, byteLength: number): void {
  if (byteLength <= buffer.byteLength) return;
  if (byteLength > buffer.maxByteLength) {
    throw new StatusIndexError('capacity_exceeded', 'The status index is full: start it with a larger capacity.');
  }
  buffer.grow(Math.min(buffer.maxByteLength, Math.max(byteLength, buffer.byteLength * 2, FIRST_STEP)));
}
