import type { ListedCertificate } from './revoked-certificate.ts';

/** Entries as columns, the first {@link count} of each: a nation's CRL has millions, and an object for each costs more than writing it. */
export interface EntryBatch {
  readonly count: number;
  /** Content octets of the INTEGERs, each at a multiple of {@link serialStride}, and as many behind it as fill a word of four. */
  readonly serialNumbers: DataView;
  readonly serialStride: number;
  /** Octets of each. */
  readonly serialSizes: Uint8Array;
  /** Epoch ms. */
  readonly revocationDates: Float64Array;
  /** CRLReason codes (RFC 5280, 5.3.1). */
  readonly reasons: Uint8Array;
  /** Epoch ms; NaN: none. */
  readonly invalidityDates: Float64Array;
}

/** Entries that come in batches as well: one batch, which is filled in anew again and again. */
export interface BatchedEntries extends Iterable<ListedCertificate> {
  batches(): Iterable<EntryBatch>;
}

/** @returns undefined for entries that come one by one only */
export const batchesOf = (entries: Iterable<ListedCertificate>): Iterable<EntryBatch> | undefined =>
  'batches' in entries ? (entries as BatchedEntries).batches() : undefined;
