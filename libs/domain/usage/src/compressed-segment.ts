import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { UsageError } from './usage-error.ts';

/** Half of a record is digests, which nothing compresses: a higher level costs time and gains next to nothing. */
const PARAMS = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 };
/** Many times what a journal seals: nothing that claims more is unpacked. */
const LARGEST_SEGMENT = 64 * 1024 * 1024;

/** A segment as it is sent and archived: one zstd frame (RFC 8878) with checksum, about a third of its octets. */
export const compressSegment = (octets: Uint8Array): Buffer => zstdCompressSync(octets, { params: PARAMS });

/** @throws UsageError `invalid_segment` */
export function decompressSegment(frame: Uint8Array): Buffer {
  try {
    return zstdDecompressSync(frame, { maxOutputLength: LARGEST_SEGMENT });
  } catch (cause) {
    throw new UsageError('invalid_segment', 'These octets are no compressed usage segment.', { cause });
  }
}
