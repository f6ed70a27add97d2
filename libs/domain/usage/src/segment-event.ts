import { eventIdentity, identityHeaders, USAGE_SEGMENTS } from '@kakunin/event-log';
import type { NewEvent } from '@kakunin/event-log';
import { hash } from 'node:crypto';
import { compressSegment, decompressSegment } from './compressed-segment.ts';
import { readSegmentFrame } from './scan-usage-records.ts';
import { UsageError } from './usage-error.ts';
import type { UsageSegment } from './usage-segment.ts';

/** A segment as it came from its topic. */
export interface SentSegment extends Pick<UsageSegment, 'producer' | 'sequence' | 'sealedAt'> {
  readonly octets: Uint8Array;
  /** Of the octets, lower-case hexadecimal. */
  readonly sha256: string;
  /** See `compressSegment`. */
  readonly compressed: Uint8Array;
  /** How many records its maker says there are. */
  readonly count: number;
}

/** By this header a value is told from what versions before sent: the octets themselves. */
const ENCODING = { encoding: 'zstd' };

/**
 * A segment as it travels on `usage-segments`: key is the producer; the headers say what the octets must be. Their
 * SHA-256 is of what is in the frame: a repetition may be compressed to other octets, by another version.
 */
export const segmentEvent = (
  segment: Pick<UsageSegment, 'producer' | 'sequence'> & { readonly count: number },
  octets: Uint8Array,
): NewEvent => ({
  topic: USAGE_SEGMENTS,
  key: segment.producer,
  value: compressSegment(octets),
  headers: {
    ...identityHeaders(segment),
    ...ENCODING,
    count: segment.count.toString(),
    sha256: hash('sha256', octets),
  },
});

/**
 * Reads a segment off the topic and holds it against its headers `producer`, `sequence` and `sha256`. Its records are
 * left as they are: whether they are whole, and as many as `count`, is seen by whoever reads them.
 * @throws UsageError `invalid_segment` | `segment_mismatch`; EventLogError `invalid_event` without an identity
 */
export function readSegmentEvent({ value, headers }: Pick<NewEvent, 'value' | 'headers'>): SentSegment {
  const identity = eventIdentity({ headers });
  const isCompressed = headers['encoding'] === ENCODING.encoding;
  const octets = isCompressed ? decompressSegment(value) : bufferOver(value);
  const sha256 = hash('sha256', octets);
  if (sha256 !== headers['sha256']) throw mismatch('its SHA-256');
  const { producer, sequence, sealedAt } = readSegmentFrame(octets);
  if (producer !== identity.producer || sequence !== identity.sequence) throw mismatch('its identity');
  return {
    producer,
    sequence,
    ...(sealedAt !== undefined && { sealedAt }),
    octets,
    sha256,
    compressed: isCompressed ? value : compressSegment(octets),
    count: Number(headers['count']),
  };
}

const bufferOver = ({ buffer, byteOffset, length }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, length);

const mismatch = (what: string): UsageError =>
  new UsageError('segment_mismatch', `A usage segment is not what its headers say: ${what} differs.`);
