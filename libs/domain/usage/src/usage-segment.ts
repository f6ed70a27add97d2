import type { UsageEvent } from './usage-event.ts';
import { UsageError } from './usage-error.ts';
import { decodeUsageRecords, encodeUsageRecords } from './usage-record.ts';

/** What one journal recorded in one go: the unit that is sent, and counted once by (producer, sequence). */
export interface UsageSegment {
  /** The journal's identity: 32 lower-case hexadecimal digits, drawn once. */
  readonly producer: string;
  /** Grows by one from segment to segment of a journal, without gaps, from 1. */
  readonly sequence: bigint;
  readonly events: readonly UsageEvent[];
}

const MAGIC = Buffer.from('KUS1');
const PRODUCER_OCTETS = 16;

/** Octets that stand before the first record. */
export const SEGMENT_HEADER_OCTETS = MAGIC.length + PRODUCER_OCTETS + 8;

/** Magic and version `KUS1`, producer (16 octets), sequence (u64); records follow to the end, see `encodeUsageRecords`. */
export function encodeSegmentHeader({ producer, sequence }: Pick<UsageSegment, 'producer' | 'sequence'>): Buffer {
  const header = Buffer.alloc(SEGMENT_HEADER_OCTETS);
  MAGIC.copy(header);
  header.write(producer, MAGIC.length, 'hex');
  header.writeBigUInt64BE(sequence, MAGIC.length + PRODUCER_OCTETS);
  return header;
}

/** @throws UsageError `invalid_event` */
export const encodeSegment = (segment: UsageSegment): Buffer =>
  Buffer.concat([encodeSegmentHeader(segment), encodeUsageRecords(segment.events)]);

/**
 * Reads what is whole of a segment that a crash may have cut short.
 * @returns the segment, and how many octets of it are whole; undefined when not even the header is
 */
export function recoverSegment(octets: Uint8Array): { segment: UsageSegment; wholeOctets: number } | undefined {
  const source = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  if (source.length < SEGMENT_HEADER_OCTETS || !source.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const sequenceAt = MAGIC.length + PRODUCER_OCTETS;
  const producer = source.toString('hex', MAGIC.length, sequenceAt);
  const { events, end } = decodeUsageRecords(source, SEGMENT_HEADER_OCTETS);
  return { segment: { producer, sequence: source.readBigUInt64BE(sequenceAt), events }, wholeOctets: end };
}

/** Reads a segment that must be whole. @throws UsageError `invalid_segment` */
export function decodeSegment(octets: Uint8Array): UsageSegment {
  const recovered = recoverSegment(octets);
  if (!recovered) throw new UsageError('invalid_segment', 'These octets do not begin as a usage segment.');
  const { segment, wholeOctets } = recovered;
  if (wholeOctets !== octets.length) {
    throw new UsageError(
      'invalid_segment',
      `A usage segment is damaged after ${wholeOctets} of ${octets.length} octets.`,
    );
  }
  return segment;
}
