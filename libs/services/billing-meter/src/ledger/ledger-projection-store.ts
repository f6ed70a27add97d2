import { jstDateOf } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import type { UsageSegment } from '@kakunin/usage';
import type { TreeHead } from '@kakunin/usage-ledger';
import { Inject, Injectable } from '@nestjs/common';
import type { SegmentLocation } from '../metering/segment-archive.ts';

/** A segment that is counted and not yet in the ledger of everybody who is in it. */
export interface PendingSegment {
  readonly producer: string;
  readonly sequence: bigint;
  readonly location: SegmentLocation;
  /** Records, those of other customers too. */
  readonly records: number;
  /** In whose ledgers it is missing. */
  readonly customers: readonly string[];
}

/** What is to be left out, because it could not be projected just now. */
export interface SetAside {
  readonly customers: readonly string[];
  /** `<producer>/<sequence>` */
  readonly segments: readonly string[];
}

export interface Settlement {
  readonly customer: string;
  readonly origin: string;
  /** The tree that has all of these segments. */
  readonly head: TreeHead;
  /** With the customer's own events alone. */
  readonly segments: readonly UsageSegment[];
  /** Epoch ms. */
  readonly at: number;
}

const PENDING = `
  WITH next AS (
    SELECT DISTINCT producer, sequence FROM ledger_pending
    WHERE customer <> ALL ($1::text[]) AND producer || '/' || sequence <> ALL ($2::text[])
    ORDER BY producer, sequence
    LIMIT $3
  )
  SELECT producer, sequence, object, object_offset, object_length, record_count, array_agg(customer) AS customers
  FROM next JOIN ledger_pending USING (producer, sequence) JOIN usage_segment USING (producer, sequence)
  WHERE customer <> ALL ($1::text[])
  GROUP BY producer, sequence, object, object_offset, object_length, record_count
  ORDER BY producer, sequence`;

/** A leaf is counted when its row goes: so once, whatever crashed between ledger and database. */
const SETTLE = `
  WITH settled AS (
    DELETE FROM ledger_pending AS pending
    USING unnest($2::text[], $3::bigint[]) AS given (producer, sequence)
    WHERE pending.customer = $1 AND pending.producer = given.producer AND pending.sequence = given.sequence
    RETURNING pending.producer, pending.sequence
  )
  INSERT INTO ledger_producer_day AS known (customer, producer, day, leaves)
  SELECT $1, producer, day, sum(leaves)
  FROM settled
  JOIN unnest($4::text[], $5::bigint[], $6::date[], $7::bigint[]) AS counted (producer, sequence, day, leaves)
    USING (producer, sequence)
  GROUP BY producer, day
  ORDER BY producer, day
  ON CONFLICT (customer, producer, day) DO UPDATE SET leaves = known.leaves + excluded.leaves`;

const ADVANCE_HEAD = `
  INSERT INTO ledger_head AS known (customer, origin, size, root, at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (customer) DO UPDATE
  SET origin = excluded.origin, size = excluded.size, root = excluded.root, at = excluded.at
  WHERE excluded.size > known.size`;

/** What the ledgers lack, and how far they are. */
@Injectable()
export class LedgerProjectionStore {
  constructor(@Inject(Database) private readonly database: Database) {}

  /** In the order of their journals and numbers. @throws DatabaseError `database_unavailable` */
  async pending(limit: number, { customers, segments }: SetAside): Promise<readonly PendingSegment[]> {
    const { rows } = await this.database.query<PendingRow>(PENDING, [customers, segments, limit]);
    return rows.map((row) => ({
      producer: row.producer,
      sequence: BigInt(row.sequence),
      location: { object: row.object, offset: Number(row.object_offset), length: row.object_length },
      records: row.record_count,
      customers: row.customers,
    }));
  }

  /** Segments that wait, once for each customer. @throws DatabaseError `database_unavailable` */
  async pendingCount(): Promise<number> {
    const { rows } = await this.database.query<{ count: string }>('SELECT count(*) FROM ledger_pending');
    return Number(rows[0]?.count);
  }

  /** The head of a ledger and what is in it, all at once. @throws DatabaseError `database_unavailable` */
  async settle({ customer, origin, head, segments, at }: Settlement): Promise<void> {
    const days = segments.flatMap(leavesByDay);
    await this.database.transaction(async (client) => {
      await client.query(SETTLE, [
        customer,
        segments.map(({ producer }) => producer),
        segments.map(({ sequence }) => sequence),
        days.map(({ producer }) => producer),
        days.map(({ sequence }) => sequence),
        days.map(({ day }) => day),
        days.map(({ leaves }) => leaves),
      ]);
      await client.query(ADVANCE_HEAD, [customer, origin, head.size, head.root, new Date(at)]);
    });
  }
}

interface PendingRow {
  readonly producer: string;
  readonly sequence: string;
  readonly object: string;
  readonly object_offset: string;
  readonly object_length: number;
  readonly record_count: number;
  readonly customers: readonly string[];
}

interface LeavesOfDay {
  readonly producer: string;
  readonly sequence: bigint;
  /** In Japan. */
  readonly day: string;
  readonly leaves: number;
}

function leavesByDay({ producer, sequence, events }: UsageSegment): LeavesOfDay[] {
  const leaves = new Map<string, number>();
  for (const { time } of events) {
    const day = jstDateOf(time);
    leaves.set(day, (leaves.get(day) ?? 0) + 1);
  }
  return Array.from(leaves, ([day, count]) => ({ producer, sequence, day, leaves: count }));
}
