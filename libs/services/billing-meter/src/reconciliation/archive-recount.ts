import { type ProducerDay, UsageTally } from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import type { PoolClient } from 'pg';
import type { SegmentArchive } from '../metering/segment-archive.ts';
import {
  type CountedSegment,
  countSegmentsOfMonth,
  readCounted,
  segmentsOfMonth,
} from '../metering/segments-of-month.ts';
import type { CountedRow, Difference } from './differences.ts';

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
    const input = { client, period: this.#period };
    const ofSegments = await countSegmentsOfMonth(input);
    let [segments, records] = [0, 0];
    for await (const batch of segmentsOfMonth(input)) {
      for (const segment of batch) records += await this.#count(segment);
      segments += batch.length;
      yield { segments, ofSegments, records };
    }
  }

  async #count(segment: CountedSegment): Promise<number> {
    const { producer, sequence, records: expected } = segment;
    const octets = await this.#read(segment);
    const tally = new UsageTally();
    const found = octets ? tally.add(octets) : 0;
    if (!octets || found !== expected) {
      const about = { producer, sequence, expected: BigInt(expected), found: BigInt(found) };
      this.damaged.push({ kind: 'archive_damaged', ...about });
    }
    for (const day of tally.producerDays()) this.#add(day);
    return found;
  }

  /** @returns undefined: it is not there, or not what was counted */
  async #read(segment: CountedSegment): Promise<Buffer | undefined> {
    try {
      return await readCounted(this.#archive, segment);
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
