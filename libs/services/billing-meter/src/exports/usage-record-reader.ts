import { createHash } from 'node:crypto';
import { type BillingPeriod, billingPeriodBounds } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { MeteringError } from '../metering/metering-error.ts';
import { SegmentArchive } from '../metering/segment-archive.ts';
import { type RecordFormat, UsageRecordText } from './usage-record-text.ts';

/**
 * The segments that may hold records of the month. A journal's records are not later than its seal, and not earlier
 * than the seal before; what tenants report may be of any month before its seal. A customer has records with a producer
 * on the days that `usage_producer_day` says.
 */
const NEXT = `
  SELECT producer, sequence, encode(sha256, 'hex') AS sha256, object, object_offset, object_length
  FROM usage_segment AS segment JOIN usage_producer USING (producer)
  WHERE (segment.sealed_at IS NULL OR segment.sealed_at >= $1)
    AND (kind = 'events' OR NOT EXISTS (
      SELECT FROM usage_segment AS before
      WHERE before.producer = segment.producer AND before.sequence = segment.sequence - 1 AND before.sealed_at >= $2))
    AND producer IN (
      SELECT producer FROM usage_producer_day
      WHERE day >= ($1 AT TIME ZONE 'Asia/Tokyo')::date AND day < ($2 AT TIME ZONE 'Asia/Tokyo')::date
        AND ($3::text IS NULL OR platform_provider = $3))
    AND record_count > 0 AND (producer, sequence) > ($4, $5)
  ORDER BY producer, sequence LIMIT 64`;

const COUNT = `
  SELECT coalesce(sum(records), 0) AS records FROM usage_producer_day
  WHERE day >= ($1 AT TIME ZONE 'Asia/Tokyo')::date AND day < ($2 AT TIME ZONE 'Asia/Tokyo')::date
    AND ($3::text IS NULL OR platform_provider = $3)`;

interface SegmentRow {
  readonly producer: string;
  readonly sequence: string;
  readonly sha256: string;
  /** Null: counted before there was an archive. */
  readonly object: string | null;
  readonly object_offset: string | null;
  readonly object_length: number | null;
}

export interface RecordsInput {
  readonly period: BillingPeriod;
  readonly format: RecordFormat;
  /** Absent: all. */
  readonly customer?: string;
  /** Begins behind this segment, without a header: goes on where a download broke off. */
  readonly after?: { readonly producer: string; readonly sequence: bigint };
}

/** The usage records of a month, from the raw archive: memory holds one segment, however many there are. */
@Injectable()
export class UsageRecordReader {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(SegmentArchive) private readonly archive: SegmentArchive,
  ) {}

  /** How many were counted. */
  async count({ period, customer }: Pick<RecordsInput, 'period' | 'customer'>): Promise<bigint> {
    const { rows } = await this.database.query<{ records: string }>(COUNT, valuesOf(period, customer));
    return BigInt(rows[0]?.records ?? 0);
  }

  /**
   * By producer, sequence and place in the segment: the same usage makes the same octets.
   * @throws MeteringError `archive_damaged`; ObjectError `store_unavailable`
   */
  async *read({ period, format, customer, after }: RecordsInput): AsyncGenerator<string> {
    const { start, end } = billingPeriodBounds(period);
    const text = new UsageRecordText({ format, start, end, ...(customer !== undefined && { customer }) });
    if (!after) yield text.header();
    let last: readonly [string, string] = [after?.producer ?? '', String(after?.sequence ?? 0n)];
    for (;;) {
      const values = [...valuesOf(period, customer), ...last];
      const { rows } = await this.database.query<SegmentRow>(NEXT, values);
      for (const row of rows) {
        const lines = text.read(await this.#octets(row)).text;
        if (lines !== '') yield lines;
      }
      const reached = rows.at(-1);
      if (!reached) return;
      last = [reached.producer, reached.sequence];
    }
  }

  async #octets({ producer, sequence, sha256, object, object_offset, object_length }: SegmentRow): Promise<Buffer> {
    const segment = `segment ${producer}/${sequence}`;
    if (object === null || object_offset === null || object_length === null) {
      throw new MeteringError('archive_damaged', `The ${segment} was counted before there was an archive.`);
    }
    const location = { object, offset: Number(object_offset), length: object_length };
    const octets = await this.archive.readOctets(location);
    if (createHash('sha256').update(octets).digest('hex') === sha256) return octets;
    throw new MeteringError(
      'archive_damaged',
      `The ${segment} in ${object} is not what was counted: restore its copy.`,
    );
  }
}

function valuesOf(period: BillingPeriod, customer: string | undefined): [Date, Date, string | null] {
  const { start, end } = billingPeriodBounds(period);
  return [new Date(start), new Date(end), customer ?? null];
}
