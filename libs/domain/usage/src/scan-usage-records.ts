import { crc32 } from 'node:zlib';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, OUTCOMES, PURPOSES } from './usage-event.ts';
import { UsageError } from './usage-error.ts';
import { DIGEST_OCTETS } from './usage-record.ts';
import type { UsageKind } from './usage-record.ts';
import { decodeSegment, SEGMENT_HEADER_OCTETS, SEGMENT_TRAILER_OCTETS } from './usage-segment.ts';
import type { UsageSegment } from './usage-segment.ts';

const HEAD_OCTETS = 6;
const TIME_OCTETS = 6;
const CODES = [CERTIFICATE_CLASSES, CARRIERS, CHANNELS, PURPOSES, OUTCOMES] as const;
const FIRST_TEXT = CODES.length;
const SHORTEST_BODY = TIME_OCTETS + CODES.length + 3 + 2 * DIGEST_OCTETS;

/** Where the parts of a record lie in the octets of its segment. */
export interface RecordPlace {
  /** Where its time begins (u48, epoch ms), and the record's body. */
  readonly time: number;
  /** Where the part begins that is the same for all records of a {@link UsageKind}. */
  readonly kind: number;
  /** Where that part ends, and the request digest begins. */
  readonly digests: number;
  /** Where the certificate digest begins. */
  readonly certificateDigest: number;
  /** Where the record ends. */
  readonly end: number;
}

/** What a segment says of itself, its records left where they are. */
export interface SegmentFrame extends Pick<UsageSegment, 'producer' | 'sequence' | 'sealedAt'> {
  /** Where the last record ends; the first begins at `SEGMENT_HEADER_OCTETS`. */
  readonly recordsEnd: number;
}

/** Reads header and trailer; whether the records are whole is seen by {@link scanUsageRecords}. @throws UsageError `invalid_segment` */
export function readSegmentFrame(octets: Uint8Array): SegmentFrame {
  const header = octets.subarray(0, SEGMENT_HEADER_OCTETS);
  // A segment without records is its header and, unless it is of the first version, its trailer.
  const trailer = octets.subarray(Math.max(SEGMENT_HEADER_OCTETS, octets.length - SEGMENT_TRAILER_OCTETS));
  const isFirstVersion = header[3] === 0x31;
  const { producer, sequence, sealedAt } = decodeSegment(isFirstVersion ? header : Buffer.concat([header, trailer]));
  if (sealedAt === undefined) return { producer, sequence, recordsEnd: octets.length };
  return { producer, sequence, sealedAt, recordsEnd: octets.length - SEGMENT_TRAILER_OCTETS };
}

/**
 * Visits every record of a segment without making an object of it: `place` is the same object each time, with other
 * values. What `decodeSegment` refuses is refused, unless it is the kind: see {@link readUsageKind}.
 * @returns how many records there are
 * @throws UsageError `invalid_segment`
 */
export function scanUsageRecords(octets: Buffer, recordsEnd: number, visit: (place: RecordPlace) => void): number {
  const place = { time: 0, kind: 0, digests: 0, certificateDigest: 0, end: SEGMENT_HEADER_OCTETS };
  let count = 0;
  while (place.end < recordsEnd) {
    const start = place.end;
    const body = start + HEAD_OCTETS;
    const end = body + ((octets[start]! << 8) | octets[start + 1]!);
    if (end > recordsEnd || end - body < SHORTEST_BODY) throw damagedAt(start);
    if (crc32(octets.subarray(body, end)) !== octets.readUInt32BE(start + 2)) throw damagedAt(start);
    place.time = body;
    place.kind = body + TIME_OCTETS;
    place.digests = end - 2 * DIGEST_OCTETS;
    place.certificateDigest = end - DIGEST_OCTETS;
    place.end = end;
    visit(place);
    count += 1;
  }
  return count;
}

/** Reads what a record is about. @throws UsageError `invalid_segment` */
export function readUsageKind(octets: Buffer, { kind, digests }: RecordPlace): UsageKind {
  const [certificateClass, carrier, channel, purpose, outcome] = [
    CERTIFICATE_CLASSES[octets[kind]!],
    CARRIERS[octets[kind + 1]!],
    CHANNELS[octets[kind + 2]!],
    PURPOSES[octets[kind + 3]!],
    OUTCOMES[octets[kind + 4]!],
  ];
  if (!certificateClass || !carrier || !channel || !purpose || !outcome) throw damagedAt(kind);
  const texts: string[] = [];
  let at = kind + FIRST_TEXT;
  while (texts.length < 3 && at < digests) {
    const end = at + 1 + octets[at]!;
    texts.push(octets.toString('utf8', at + 1, end));
    at = end;
  }
  const [platformProvider, serviceProvider, authorityId] = texts;
  if (at !== digests || platformProvider === undefined || serviceProvider === undefined || authorityId === undefined) {
    throw damagedAt(kind);
  }
  return { platformProvider, serviceProvider, authorityId, certificateClass, carrier, channel, purpose, outcome };
}

const damagedAt = (octet: number): UsageError =>
  new UsageError('invalid_segment', `A usage segment is damaged or cut short after ${octet} octets.`);
