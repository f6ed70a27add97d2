import { countByMinute, type UsageCount } from '@kakunin/billing';
import { Database } from '@kakunin/postgres';
import type { UsageSegment } from '@kakunin/usage';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { MeteringError } from './metering-error.ts';

/** A segment that is what its headers said; `sha256` (hexadecimal) is of its octets. */
export type VerifiedSegment = UsageSegment & { readonly sha256: string };

export interface CountedBatch {
  readonly segments: number;
  /** Segments that had been counted before, and were not counted again. */
  readonly duplicates: number;
  readonly records: number;
}

/** A producer whose numbering shows that segments are missing. */
export interface SequenceGap {
  readonly producer: string;
  readonly missing: bigint;
}

// Every statement takes its locks in the order of its key, so that two meters with the same rows cannot deadlock.

/** A segment that another meter is just counting makes this one wait, and is then a duplicate. */
const INSERT_SEGMENTS = `
  INSERT INTO usage_segment (producer, sequence, sha256, record_count, counted_at)
  SELECT producer, sequence, sha256, record_count, $5
  FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::integer[]) AS given (producer, sequence, sha256, record_count)
  ORDER BY producer, sequence
  ON CONFLICT DO NOTHING
  RETURNING producer, sequence`;

const FIND_CONFLICT = `
  SELECT producer, sequence
  FROM unnest($1::text[], $2::bigint[], $3::bytea[]) AS given (producer, sequence, sha256)
  JOIN usage_segment AS counted USING (producer, sequence)
  WHERE counted.sha256 <> given.sha256
  LIMIT 1`;

const ADVANCE_PRODUCERS = `
  INSERT INTO usage_producer AS known (producer, segment_count, highest_sequence, last_counted_at)
  SELECT producer, count(*), max(sequence), $3
  FROM unnest($1::text[], $2::bigint[]) AS given (producer, sequence)
  GROUP BY producer
  ORDER BY producer
  ON CONFLICT (producer) DO UPDATE SET
    segment_count = known.segment_count + excluded.segment_count,
    highest_sequence = greatest(known.highest_sequence, excluded.highest_sequence),
    last_counted_at = greatest(known.last_counted_at, excluded.last_counted_at)`;

const ADD_COUNTS = `
  INSERT INTO usage_count AS known
  SELECT * FROM unnest(
    $1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::bigint[]
  )
  ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ON CONFLICT ON CONSTRAINT usage_count_pkey DO UPDATE SET quantity = known.quantity + excluded.quantity`;

/** A journal numbers its segments from 1 without gaps. */
const FIND_GAPS = `
  SELECT producer, highest_sequence - segment_count AS missing
  FROM usage_producer
  WHERE highest_sequence > segment_count
  ORDER BY producer`;

/** Counts usage exactly once: what marks a segment as counted and what it adds are one transaction. */
@Injectable()
export class SegmentStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  /**
   * All or nothing.
   * @param at when they are counted, epoch ms
   * @throws MeteringError `segment_conflict`; DatabaseError `database_unavailable`
   */
  count(segments: readonly VerifiedSegment[], at: number): Promise<CountedBatch> {
    return this.database.transaction(async (client) => {
      const fresh = await insertSegments(client, segments, at);
      const events = fresh.flatMap((segment) => segment.events);
      if (fresh.length > 0) {
        await client.query(ADVANCE_PRODUCERS, [
          fresh.map(({ producer }) => producer),
          fresh.map(({ sequence }) => sequence),
          new Date(at),
        ]);
        await addCounts(client, countByMinute(events));
      }
      return { segments: fresh.length, duplicates: segments.length - fresh.length, records: events.length };
    });
  }

  async gaps(): Promise<readonly SequenceGap[]> {
    const { rows } = await this.database.query<{ producer: string; missing: string }>(FIND_GAPS);
    return rows.map(({ producer, missing }) => ({ producer, missing: BigInt(missing) }));
  }
}

/** @returns those that had not been counted */
async function insertSegments(
  client: PoolClient,
  segments: readonly VerifiedSegment[],
  at: number,
): Promise<readonly VerifiedSegment[]> {
  const keys = [
    segments.map(({ producer }) => producer),
    segments.map(({ sequence }) => sequence),
    segments.map(({ sha256 }) => Buffer.from(sha256, 'hex')),
  ];
  const inserted = await client.query<{ producer: string; sequence: string }>(INSERT_SEGMENTS, [
    ...keys,
    segments.map(({ events }) => events.length),
    new Date(at),
  ]);
  const { rows } = await client.query<{ producer: string; sequence: string }>(FIND_CONFLICT, keys);
  if (rows[0]) {
    throw new MeteringError(
      'segment_conflict',
      `Another segment was counted as number ${rows[0].sequence} of producer ${rows[0].producer}: ` +
        'two journals use one producer id, or the event was altered. Stop the younger journal and compare both.',
    );
  }
  const byKey = new Map(segments.map((segment) => [`${segment.producer} ${segment.sequence}`, segment]));
  return inserted.rows.flatMap(({ producer, sequence }) => byKey.get(`${producer} ${sequence}`) ?? []);
}

async function addCounts(client: PoolClient, counts: readonly UsageCount[]): Promise<void> {
  await client.query(ADD_COUNTS, [
    counts.map(({ time }) => new Date(time)),
    counts.map(({ platformProvider }) => platformProvider),
    counts.map(({ serviceProvider }) => serviceProvider),
    counts.map(({ authorityId }) => authorityId),
    counts.map(({ certificateClass }) => certificateClass),
    counts.map(({ carrier }) => carrier),
    counts.map(({ channel }) => channel),
    counts.map(({ purpose }) => purpose),
    counts.map(({ outcome }) => outcome),
    counts.map(({ quantity }) => quantity),
  ]);
}
