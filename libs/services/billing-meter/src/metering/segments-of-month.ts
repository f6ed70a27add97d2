import { createHash } from 'node:crypto';
import { type BillingPeriod, billingPeriodBounds } from '@kakunin/calendar';
import type { Database } from '@kakunin/postgres';
import { MeteringError } from './metering-error.ts';
import type { SegmentArchive, SegmentLocation } from './segment-archive.ts';

/**
 * The segments that may hold records of the month. A journal's records are not later than its seal, and not earlier
 * than the seal before; what tenants report may be of any month before its seal.
 */
const OF_MONTH = `
  FROM usage_segment AS segment JOIN usage_producer USING (producer)
  WHERE (segment.sealed_at IS NULL OR segment.sealed_at >= $1)
    AND (kind = 'events' OR NOT EXISTS (
      SELECT FROM usage_segment AS before
      WHERE before.producer = segment.producer AND before.sequence = segment.sequence - 1 AND before.sealed_at >= $2))`;

const COUNT = `SELECT count(*) AS segments ${OF_MONTH}`;

const NEXT = `
  SELECT producer, sequence, record_count, encode(sha256, 'hex') AS sha256, object, object_offset, object_length
  ${OF_MONTH} AND (producer, sequence) > ($3, $4)`;

/** Of a batch; its octets are read one segment after the other. */
const MOST = 64;

/** A segment as it was counted, and where its octets lie. */
export interface CountedSegment {
  readonly producer: string;
  readonly sequence: bigint;
  readonly records: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Undefined: removed (retention/), or counted before there was an archive. */
  readonly location: SegmentLocation | undefined;
}

export interface SegmentsInput {
  readonly client: Pick<Database, 'query'>;
  readonly period: BillingPeriod;
  /** Begins behind this segment. */
  readonly after?: Pick<CountedSegment, 'producer' | 'sequence'>;
  /** One more condition on them, whose own values are $5 and so on; $1 and $2 are the bounds of the month. */
  readonly only?: { readonly condition: string; readonly values: readonly unknown[] };
}

interface SegmentRow {
  readonly producer: string;
  readonly sequence: string;
  readonly record_count: number;
  readonly sha256: string;
  readonly object: string | null;
  readonly object_offset: string | null;
  readonly object_length: number | null;
}

/** @throws DatabaseError `database_unavailable` */
export async function countSegmentsOfMonth({ client, period }: SegmentsInput): Promise<number> {
  const { rows } = await client.query<{ segments: string }>(COUNT, boundsOf(period));
  return Number(rows[0]?.segments ?? 0);
}

/** Batch by batch, by producer and sequence; the last batch is empty. @throws DatabaseError `database_unavailable` */
export async function* segmentsOfMonth(input: SegmentsInput): AsyncGenerator<readonly CountedSegment[]> {
  const { client, period, only } = input;
  const query = `${NEXT} ${only ? `AND ${only.condition}` : ''} ORDER BY producer, sequence LIMIT ${MOST}`;
  let last = input.after ?? { producer: '', sequence: 0n };
  for (;;) {
    const values = [...boundsOf(period), last.producer, last.sequence, ...(only?.values ?? [])];
    const segments = (await client.query<SegmentRow>(query, values)).rows.map(segmentOf);
    yield segments;
    const reached = segments.at(-1);
    if (!reached) return;
    last = reached;
  }
}

/** The octets that were counted. @throws MeteringError `archive_damaged`; ObjectError `store_unavailable` */
export async function readCounted(archive: SegmentArchive, segment: CountedSegment): Promise<Buffer> {
  const { producer, sequence, sha256, location } = segment;
  const name = `segment ${producer}/${sequence}`;
  if (!location)
    throw new MeteringError('archive_damaged', `The ${name} is in no archive: removed, or older than that.`);
  const octets = await archive.readOctets(location);
  if (createHash('sha256').update(octets).digest('hex') === sha256) return octets;
  throw new MeteringError(
    'archive_damaged',
    `The ${name} in ${location.object} is not what was counted: restore its copy.`,
  );
}

function boundsOf(period: BillingPeriod): [Date, Date] {
  const { start, end } = billingPeriodBounds(period);
  return [new Date(start), new Date(end)];
}

function segmentOf({ producer, sequence, record_count: records, sha256, ...row }: SegmentRow): CountedSegment {
  const { object, object_offset: offset, object_length: length } = row;
  const isArchived = object !== null && offset !== null && length !== null;
  const location = isArchived ? { object, offset: Number(offset), length } : undefined;
  return { producer, sequence: BigInt(sequence), records, sha256, location };
}
