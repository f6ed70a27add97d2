import type { PoolClient } from 'pg';
import type { CountableSegment } from './countable-segment.ts';
import { MeteringError } from './metering-error.ts';
import type { SegmentLocation } from './segment-archive.ts';

/** Which of the given are counted, and as what. */
const FIND = `
  SELECT producer, sequence, encode(sha256, 'hex') AS sha256
  FROM usage_segment
  JOIN unnest($1::text[], $2::bigint[]) AS given (producer, sequence) USING (producer, sequence)`;

/** A segment that another meter is just counting makes this one wait, and is then a duplicate. */
const INSERT = `
  INSERT INTO usage_segment
    (producer, sequence, sha256, record_count, sealed_at, object, object_offset, object_length, counted_at)
  SELECT producer, sequence, decode(sha256, 'hex'), record_count, sealed_at, object, object_offset, object_length, $9
  FROM unnest($1::text[], $2::bigint[], $3::text[], $4::integer[], $5::timestamptz[], $6::text[], $7::bigint[], $8::integer[])
    AS given (producer, sequence, sha256, record_count, sealed_at, object, object_offset, object_length)
  ORDER BY producer, sequence
  ON CONFLICT DO NOTHING
  RETURNING producer, sequence`;

/** The high-water marks, but for how far a journal is complete: a number that comes from before there had been given up. */
const ADVANCE = `
  INSERT INTO usage_producer AS known (producer, kind, segment_count, highest_sequence, last_counted_at)
  SELECT producer, min(kind), count(*), max(sequence), $4
  FROM unnest($1::text[], $2::bigint[], $3::text[]) AS given (producer, sequence, kind)
  GROUP BY producer
  ORDER BY producer
  ON CONFLICT (producer) DO UPDATE SET
    segment_count = known.segment_count + excluded.segment_count,
    highest_sequence = greatest(known.highest_sequence, excluded.highest_sequence),
    last_counted_at = greatest(known.last_counted_at, excluded.last_counted_at),
    given_up = known.given_up - (
      SELECT count(*) FROM unnest($1::text[], $2::bigint[]) AS found (producer, sequence)
      WHERE found.producer = known.producer AND found.sequence <= known.contiguous_sequence)`;

/** To the last segment before the first gap. A journal that goes on after it was retired is in service again. */
const COMPLETE = `
  UPDATE usage_producer AS known
  SET contiguous_sequence = reached.sequence,
      complete_until = greatest(known.complete_until, reached.sealed_at),
      retired_at = CASE WHEN reached.sealed_at > known.retired_at THEN NULL ELSE known.retired_at END
  FROM (SELECT DISTINCT producer FROM unnest($1::text[]) AS given (producer)) AS given
  JOIN usage_producer AS before USING (producer)
  CROSS JOIN LATERAL (
    SELECT last.sequence, last.sealed_at
    FROM usage_segment AS last
    WHERE last.producer = before.producer AND last.sequence > before.contiguous_sequence
      AND EXISTS (
        SELECT FROM usage_segment AS next
        WHERE next.producer = before.producer AND next.sequence = before.contiguous_sequence + 1)
      AND NOT EXISTS (
        SELECT FROM usage_segment AS next
        WHERE next.producer = last.producer AND next.sequence = last.sequence + 1)
    ORDER BY last.sequence
    LIMIT 1
  ) AS reached
  WHERE known.producer = before.producer`;

const keyOf = ({ producer, sequence }: { readonly producer: string; readonly sequence: bigint | string }): string =>
  `${producer} ${sequence}`;

interface FoundRow {
  readonly producer: string;
  readonly sequence: string;
  readonly sha256: string;
}

/**
 * Those that are not counted yet, each once.
 * @throws MeteringError `segment_conflict`
 */
export async function uncounted(
  client: PoolClient,
  segments: readonly CountableSegment[],
): Promise<readonly CountableSegment[]> {
  const { rows } = await client.query<FoundRow>(FIND, [
    segments.map(({ producer }) => producer),
    segments.map(({ sequence }) => sequence),
  ]);
  const known = new Map(rows.map((row) => [keyOf(row), row.sha256]));
  const fresh: CountableSegment[] = [];
  for (const segment of segments) {
    const counted = known.get(keyOf(segment));
    if (counted === segment.sha256) continue;
    if (counted !== undefined) throw conflict(segment);
    known.set(keyOf(segment), segment.sha256);
    fresh.push(segment);
  }
  return fresh;
}

export type LocatedSegment = CountableSegment & { readonly location: SegmentLocation };

/** @returns those that nobody else counted meanwhile */
export async function insertSegments(
  client: PoolClient,
  segments: readonly LocatedSegment[],
  at: number,
): Promise<readonly LocatedSegment[]> {
  const { rows } = await client.query<Omit<FoundRow, 'sha256'>>(INSERT, [
    segments.map(({ producer }) => producer),
    segments.map(({ sequence }) => sequence),
    segments.map(({ sha256 }) => sha256),
    segments.map(({ count }) => count),
    segments.map(sealedAtOf),
    segments.map(({ location }) => location.object),
    segments.map(({ location }) => location.offset),
    segments.map(({ location }) => location.length),
    new Date(at),
  ]);
  const inserted = new Set(rows.map(keyOf));
  return segments.filter((segment) => inserted.has(keyOf(segment)));
}

export async function advanceProducers(
  client: PoolClient,
  segments: readonly CountableSegment[],
  at: number,
): Promise<void> {
  const producers = segments.map(({ producer }) => producer);
  await client.query(ADVANCE, [
    producers,
    segments.map(({ sequence }) => sequence),
    segments.map(({ kind }) => kind),
    new Date(at),
  ]);
  await client.query(COMPLETE, [producers]);
}

const sealedAtOf = ({ sealedAt }: CountableSegment): Date | null =>
  sealedAt === undefined ? null : new Date(sealedAt);

const conflict = ({ producer, sequence }: CountableSegment): MeteringError =>
  new MeteringError(
    'segment_conflict',
    `Another segment was counted as number ${sequence} of producer ${producer}: two journals use one producer id, or ` +
      'the event was altered. Stop the younger journal and compare both.',
  );
