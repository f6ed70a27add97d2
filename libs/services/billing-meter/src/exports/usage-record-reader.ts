import { type BillingPeriod, billingPeriodBounds } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { SegmentArchive } from '../metering/segment-archive.ts';
import { readCounted, segmentsOfMonth } from '../metering/segments-of-month.ts';
import { type RecordFormat, UsageRecordText } from './usage-record-text.ts';

/** A customer has records with a producer on the days that `usage_producer_day` says. */
const WITH_RECORDS = `
  record_count > 0 AND producer IN (
    SELECT producer FROM usage_producer_day
    WHERE day >= ($1 AT TIME ZONE 'Asia/Tokyo')::date AND day < ($2 AT TIME ZONE 'Asia/Tokyo')::date
      AND ($5::text IS NULL OR platform_provider = $5))
  AND ($6::timestamptz IS NULL OR segment.counted_at <= $6)`;

const COUNT = `
  SELECT coalesce(sum(records), 0) AS records FROM usage_producer_day
  WHERE day >= ($1 AT TIME ZONE 'Asia/Tokyo')::date AND day < ($2 AT TIME ZONE 'Asia/Tokyo')::date
    AND ($3::text IS NULL OR platform_provider = $3)`;

export interface RecordsInput {
  readonly period: BillingPeriod;
  readonly format: RecordFormat;
  /** Absent: all. */
  readonly customer?: string;
  /** Begins behind this segment, without a header: goes on where a download broke off. */
  readonly after?: { readonly producer: string; readonly sequence: bigint };
  /** Leaves out what was counted later, epoch ms: then late usage does not change it any more. Absent: all. */
  readonly until?: number | undefined;
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
  async *read({ period, format, customer, after, until }: RecordsInput): AsyncGenerator<string> {
    const { start, end } = billingPeriodBounds(period);
    const text = new UsageRecordText({ format, start, end, ...(customer !== undefined && { customer }) });
    if (!after) yield text.header();
    const only = { condition: WITH_RECORDS, values: [customer ?? null, until === undefined ? null : new Date(until)] };
    const client = this.database;
    for await (const segments of segmentsOfMonth({ client, period, only, ...(after && { after }) })) {
      for (const segment of segments) {
        const lines = text.read(await readCounted(this.archive, segment)).text;
        if (lines !== '') yield lines;
      }
    }
  }
}

function valuesOf(period: BillingPeriod, customer: string | undefined): [Date, Date, string | null] {
  const { start, end } = billingPeriodBounds(period);
  return [new Date(start), new Date(end), customer ?? null];
}
