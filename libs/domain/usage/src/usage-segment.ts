import { crc32 } from 'node:zlib';
import type { UsageEvent } from './usage-event.ts';
import { UsageError } from './usage-error.ts';
import { decodeUsageRecords, encodeUsageRecords } from './usage-record.ts';

/** What one journal recorded in one go: the unit that is sent, and counted once by (producer, sequence). */
export interface UsageSegment {
  /** The journal's identity: 32 lower-case hexadecimal digits, drawn once. */
  readonly producer: string;
  /** Grows by one from segment to segment of a journal, without gaps, from 1. */
  readonly sequence: bigint;
  /**
   * Epoch ms. Nothing in the journal's later segments is earlier, so with all segments up to here its usage before this
   * instant is complete. Undefined in segments of the first version, which do not say.
   */
  readonly sealedAt?: number;
  /** None, when a journal only says how far it is complete. */
  readonly events: readonly UsageEvent[];
}

/** A segment as it is found after a crash. */
export interface RecoveredSegment {
  readonly segment: UsageSegment;
  /** Octets of it that are whole: its header and records, and its trailer if that is. */
  readonly wholeOctets: number;
  /** It is of the version that has a trailer, and it has none yet. */
  readonly isOpen: boolean;
}

/** Without a trailer; written until 2026-11, and read for as long as any journal or topic may hold it. */
const FIRST_VERSION = Buffer.from('KUS1');
const MAGIC = Buffer.from('KUS2');
const PRODUCER_OCTETS = 16;
const SEQUENCE_AT = MAGIC.length + PRODUCER_OCTETS;
const INSTANT_OCTETS = 6;
const TRAILER_HEAD = 6;

/** Octets that stand before the first record. */
export const SEGMENT_HEADER_OCTETS = SEQUENCE_AT + 8;

/** Octets that stand behind the last record of a sealed segment. */
export const SEGMENT_TRAILER_OCTETS = TRAILER_HEAD + INSTANT_OCTETS;

/** Magic and version `KUS2`, producer (16 octets), sequence (u64); records follow, see `encodeUsageRecords`. */
export const encodeSegmentHeader = (segment: Pick<UsageSegment, 'producer' | 'sequence'>): Buffer =>
  headerOf(segment, MAGIC);

/**
 * What seals a segment, after the last record: framed as a record is (length u16, CRC-32 u32), and shorter than any, the
 * instant (u48, epoch ms).
 */
export function encodeSegmentTrailer(sealedAt: number): Buffer {
  const trailer = Buffer.alloc(SEGMENT_TRAILER_OCTETS);
  trailer.writeUInt16BE(INSTANT_OCTETS, 0);
  trailer.writeUIntBE(sealedAt, TRAILER_HEAD, INSTANT_OCTETS);
  trailer.writeUInt32BE(crc32(trailer.subarray(TRAILER_HEAD)), 2);
  return trailer;
}

/** A segment without `sealedAt` is written in the first version. @throws UsageError `invalid_event` */
export function encodeSegment(segment: UsageSegment): Buffer {
  const { sealedAt, events } = segment;
  const records = encodeUsageRecords(events);
  if (sealedAt === undefined) return Buffer.concat([headerOf(segment, FIRST_VERSION), records]);
  return Buffer.concat([encodeSegmentHeader(segment), records, encodeSegmentTrailer(sealedAt)]);
}

function headerOf({ producer, sequence }: Pick<UsageSegment, 'producer' | 'sequence'>, magic: Buffer): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_OCTETS);
  magic.copy(header);
  header.write(producer, MAGIC.length, 'hex');
  header.writeBigUInt64BE(sequence, SEQUENCE_AT);
  return header;
}

/** Reads what is whole of a segment that a crash may have cut short. @returns undefined when not even the header is */
export function recoverSegment(octets: Uint8Array): RecoveredSegment | undefined {
  const source = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  if (source.length < SEGMENT_HEADER_OCTETS) return undefined;
  const magic = source.subarray(0, MAGIC.length);
  const hasTrailer = magic.equals(MAGIC);
  if (!hasTrailer && !magic.equals(FIRST_VERSION)) return undefined;
  const producer = source.toString('hex', MAGIC.length, SEQUENCE_AT);
  const sequence = source.readBigUInt64BE(SEQUENCE_AT);
  const { events, end } = decodeUsageRecords(source, SEGMENT_HEADER_OCTETS);
  const sealedAt = hasTrailer ? readTrailer(source, end) : undefined;
  if (sealedAt === undefined) return { segment: { producer, sequence, events }, wholeOctets: end, isOpen: hasTrailer };
  const segment = { producer, sequence, sealedAt, events };
  return { segment, wholeOctets: end + SEGMENT_TRAILER_OCTETS, isOpen: false };
}

function readTrailer(source: Buffer, at: number): number | undefined {
  const body = at + TRAILER_HEAD;
  const end = at + SEGMENT_TRAILER_OCTETS;
  if (end > source.length || source.readUInt16BE(at) !== INSTANT_OCTETS) return undefined;
  if (crc32(source.subarray(body, end)) !== source.readUInt32BE(at + 2)) return undefined;
  return source.readUIntBE(body, INSTANT_OCTETS);
}

/** Reads a segment that must be whole, and sealed. @throws UsageError `invalid_segment` */
export function decodeSegment(octets: Uint8Array): UsageSegment {
  const recovered = recoverSegment(octets);
  if (!recovered) throw new UsageError('invalid_segment', 'These octets do not begin as a usage segment.');
  const { segment, wholeOctets, isOpen } = recovered;
  if (isOpen || wholeOctets !== octets.length) {
    throw new UsageError(
      'invalid_segment',
      `A usage segment is damaged or cut short after ${wholeOctets} of ${octets.length} octets.`,
    );
  }
  return segment;
}
