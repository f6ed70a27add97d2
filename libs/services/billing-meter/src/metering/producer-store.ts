import type { ProducerProgress } from '@kakunin/billing';
import { Database } from '@kakunin/postgres';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { ProducerKind } from './countable-segment.ts';
import { MeteringError } from './metering-error.ts';

/** A producer as finance looks at it. Instants are epoch ms. */
export interface Producer extends ProducerProgress {
  readonly kind: ProducerKind;
  readonly segments: bigint;
  readonly highestSequence: bigint;
  readonly lastCountedAt: number;
  readonly retiredAt?: number;
}

export interface Retirement {
  readonly producer: string;
  /** Epoch ms. */
  readonly at: number;
  /** How many missing segments are given up for lost; it must be exactly those that are missing. Absent: none. */
  readonly givenUp?: bigint;
}

/** A producer numbers its segments from 1 without gaps, so fewer than the highest number are missing some. */
const MISSING = 'greatest(highest_sequence - segment_count - given_up, 0)';

const LIST = `
  SELECT producer, kind, segment_count, highest_sequence, ${MISSING} AS missing, complete_until, retired_at, last_counted_at
  FROM usage_producer
  ORDER BY producer`;

/** From now on a number up to the highest is either counted or given up. */
const RETIRE = `
  UPDATE usage_producer
  SET retired_at = coalesce(retired_at, $2), given_up = given_up + $3, contiguous_sequence = highest_sequence
  WHERE producer = $1 AND ${MISSING} = $3
  RETURNING producer`;

interface ProducerRow {
  readonly producer: string;
  readonly kind: ProducerKind;
  readonly segment_count: string;
  readonly highest_sequence: string;
  readonly missing: string;
  readonly complete_until: Date | null;
  readonly retired_at: Date | null;
  readonly last_counted_at: Date;
}

/** Who records usage, and how far each of them was counted. */
@Injectable()
export class ProducerStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** @throws DatabaseError `database_unavailable` */
  async list(): Promise<readonly Producer[]> {
    const { rows } = await this.database.query<ProducerRow>(LIST);
    return rows.map(producerOf);
  }

  /** What a month waits for: the journals in service, and those that miss a segment all the same. @throws DatabaseError `database_unavailable` */
  async progress(): Promise<readonly ProducerProgress[]> {
    const awaited = (await this.list()).filter(
      ({ kind, retiredAt, missingSegments }) => kind === 'journal' && (retiredAt === undefined || missingSegments > 0n),
    );
    return awaited.map(({ producer, missingSegments, completeUntil }) => ({
      producer,
      missingSegments,
      ...(completeUntil !== undefined && { completeUntil }),
    }));
  }

  /**
   * Takes a journal out of service: no month waits for it any more. What it hands over later is counted all the same,
   * and with a segment that was sealed after `at` it is in service again.
   * @throws MeteringError `unknown_producer` | `segments_missing`
   */
  async retire(client: Pick<PoolClient, 'query'>, { producer, at, givenUp = 0n }: Retirement): Promise<void> {
    const { rows } = await client.query<ProducerRow>(RETIRE, [producer, new Date(at), givenUp]);
    if (rows.length > 0) return;
    const known = await client.query<{ missing: string }>(
      `SELECT ${MISSING} AS missing FROM usage_producer WHERE producer = $1`,
      [producer],
    );
    const missing = known.rows[0]?.missing;
    if (missing === undefined) {
      throw new MeteringError('unknown_producer', 'No segment of that producer was ever counted.');
    }
    throw new MeteringError(
      'segments_missing',
      `${missing} segments of the producer are missing. Find them, or give up exactly as many.`,
    );
  }
}

const producerOf = (row: ProducerRow): Producer => ({
  producer: row.producer,
  kind: row.kind,
  segments: BigInt(row.segment_count),
  highestSequence: BigInt(row.highest_sequence),
  missingSegments: BigInt(row.missing),
  lastCountedAt: row.last_counted_at.getTime(),
  ...(row.complete_until && { completeUntil: row.complete_until.getTime() }),
  ...(row.retired_at && { retiredAt: row.retired_at.getTime() }),
});
