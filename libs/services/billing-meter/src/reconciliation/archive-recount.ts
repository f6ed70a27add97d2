import { createHash } from 'node:crypto';
import { type ProducerDay, UsageTally } from '@kakunin/billing';
import { type BillingPeriod, billingPeriodBounds } from '@kakunin/calendar';
import type { PoolClient } from 'pg';
import type { SegmentArchive } from '../metering/segment-archive.ts';
import type { CountedRow, Difference } from './differences.ts';

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
  ${OF_MONTH} AND (producer, sequence) > ($3, $4)
  ORDER BY producer, sequence LIMIT 64`;

interface SegmentRow {
  readonly producer: string;
  readonly sequence: string;
  readonly record_count: number;
  readonly sha256: string;
  /** Null: counted before there was an archive. */
  readonly object: string | null;
  readonly object_offset: string | null;
  readonly object_length: number | null;
}

export interface RecountProgress {
  readonly segments: number;
  readonly ofSegments: number;
  readonly records: number;
}

/** Reads the raw segments of a month back and counts them again: from nothing but their octets. */
export class ArchiveRecount {
  readonly damaged: Difference[] = [];
  readonly #rows = new Map<string, CountedRow>();
  readonly #archive: SegmentArchive;
  readonly #period: BillingPeriod;

  constructor(archive: SegmentArchive, period: BillingPeriod) {
    this.#archive = archive;
    this.#period = period;
  }

  get rows(): readonly CountedRow[] {
    return [...this.#rows.values()];
  }

  /** Yields how far it is. Memory does not grow with the number of records. @throws ObjectError `store_unavailable` */
  async *run(client: PoolClient): AsyncGenerator<RecountProgress> {
    const { start, end } = billingPeriodBounds(this.#period);
    const bounds = [new Date(start), new Date(end)];
    const total = await client.query<{ segments: string }>(COUNT, bounds);
    const ofSegments = Number(total.rows[0]?.segments ?? 0);
    let [segments, records] = [0, 0];
    let after: readonly [string, string] = ['', '0'];
    for (;;) {
      const { rows } = await client.query<SegmentRow>(NEXT, [...bounds, ...after]);
      for (const row of rows) records += await this.#count(row);
      segments += rows.length;
      yield { segments, ofSegments, records };
      const last = rows.at(-1);
      if (!last) return;
      after = [last.producer, last.sequence];
    }
  }

  async #count(row: SegmentRow): Promise<number> {
    const { producer, sequence, record_count: expected } = row;
    const octets = await this.#read(row);
    const tally = new UsageTally();
    const found = octets ? tally.add(octets) : 0;
    if (!octets || found !== expected) {
      const about = { producer, sequence: BigInt(sequence), expected: BigInt(expected), found: BigInt(found) };
      this.damaged.push({ kind: 'archive_damaged', ...about });
    }
    for (const day of tally.producerDays()) this.#add(day);
    return found;
  }

  /** @returns undefined: it is not there, or not what was counted */
  async #read({ object, object_offset, object_length, sha256 }: SegmentRow): Promise<Buffer | undefined> {
    if (object === null || object_offset === null || object_length === null) return undefined;
    try {
      const location = { object, offset: Number(object_offset), length: object_length };
      const octets = await this.#archive.readOctets(location);
      return createHash('sha256').update(octets).digest('hex') === sha256 ? octets : undefined;
    } catch (error) {
      if ((error as { code?: unknown }).code === 'archive_damaged') return undefined;
      throw error;
    }
  }

  #add({ producer, date: day, customer, records, chargeable }: ProducerDay): void {
    if (!day.startsWith(this.#period)) return;
    const key = `${day} ${producer} ${customer}`;
    const known = this.#rows.get(key) ?? { producer, customer, day, records: 0n, chargeable: 0n };
    const sum = { records: known.records + BigInt(records), chargeable: known.chargeable + BigInt(chargeable) };
    this.#rows.set(key, { ...known, ...sum });
  }
}
