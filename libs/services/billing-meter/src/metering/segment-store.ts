import { UsageTally } from '@kakunin/billing';
import { Database } from '@kakunin/postgres';
import { UsageError } from '@kakunin/usage';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { CountableSegment } from './countable-segment.ts';
import { readCoverage } from './first-checks.ts';
import { MeteringError } from './metering-error.ts';
import { SegmentArchive } from './segment-archive.ts';
import { advanceProducers, insertSegments, type LocatedSegment, uncounted } from './segment-rows.ts';
import { addUsage } from './usage-rows.ts';

export interface CountedBatch {
  readonly segments: number;
  /** Segments that had been counted before, and were not counted again. */
  readonly duplicates: number;
  readonly records: number;
}

/** A journal's clock may be wrong by less than this: what is later is in no month that could be closed by mistake. */
const FUTURE_MS = 86_400_000;

/** Counts usage exactly once: what marks a segment as counted and what it adds are one transaction. */
@Injectable()
export class SegmentStore {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(SegmentArchive) private readonly archive: SegmentArchive,
  ) {}

  /**
   * All or nothing.
   * @param at when they are counted, epoch ms
   * @throws UsageError `invalid_segment` | `segment_mismatch`; MeteringError `segment_conflict` | `segment_from_future`;
   * ObjectError `store_unavailable` | `store_full`; DatabaseError `database_unavailable`
   */
  count(segments: readonly CountableSegment[], at: number): Promise<CountedBatch> {
    return this.database.transaction((client) => this.countWithin(client, segments, at));
  }

  /** As {@link count}, in a transaction of the caller's, which is rolled back when this rejects. Once in a transaction. */
  async countWithin(client: PoolClient, segments: readonly CountableSegment[], at: number): Promise<CountedBatch> {
    const given = await uncounted(client, segments);
    if (given.length === 0) return { segments: 0, duplicates: segments.length, records: 0 };
    const coverage = await readCoverage(client);
    let tally = tallied(new UsageTally(coverage), given, at);
    const fresh = await insertSegments(client, await this.#archived(given, at), at);
    if (fresh.length < given.length) {
      // Another meter counted some of them meanwhile: the same ones, or this throws.
      await uncounted(client, given);
      tally = tallied(new UsageTally(coverage), fresh, at);
    }
    await advanceProducers(client, fresh, at);
    await addUsage(client, tally);
    return { segments: fresh.length, duplicates: segments.length - fresh.length, records: tally.records };
  }

  async #archived(segments: readonly CountableSegment[], at: number): Promise<readonly LocatedSegment[]> {
    const locations = await this.archive.put(
      segments.map(({ compressed }) => compressed),
      at,
    );
    return segments.flatMap((segment, index) => {
      const location = locations[index];
      return location ? [{ ...segment, location }] : [];
    });
  }
}

function tallied(tally: UsageTally, segments: readonly CountableSegment[], at: number): UsageTally {
  for (const { octets, count } of segments) {
    if (tally.add(octets) === count) continue;
    throw new UsageError('segment_mismatch', 'A usage segment is not what its headers say: its count differs.');
  }
  const latest = Math.max(tally.latestMinute, ...segments.map(({ sealedAt }) => sealedAt ?? 0));
  if (latest > at + FUTURE_MS) {
    throw new MeteringError(
      'segment_from_future',
      'A segment bears a time more than a day ahead. Put right the clock that is wrong, its journal’s or this meter’s.',
    );
  }
  return tally;
}
