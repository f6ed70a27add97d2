import type { ProbingBlock } from '@kakunin/probing';
import type { Queries } from '../database/queries.ts';

interface Row {
  readonly caller: string;
  readonly reason: ProbingBlock['reason'];
  readonly blocked_at: string;
  readonly blocked_until: string | null;
  readonly times: number;
}

export interface CallersBlock extends ProbingBlock {
  readonly caller: string;
}

const SELECT = 'SELECT caller, reason, blocked_at, blocked_until, times FROM probing_block';

/** With those that have ended and are not forgotten. */
export async function allBlocks(client: Queries): Promise<readonly CallersBlock[]> {
  const { rows } = await client.query<Row>(`${SELECT} ORDER BY caller`);
  return rows.map(blockOf);
}

/** The last block of a caller; nobody else writes one until the transaction ends. */
export async function findBlock(client: Queries, caller: string): Promise<ProbingBlock | undefined> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('probing block ' || $1, 0))`, [caller]);
  const { rows } = await client.query<Row>(`${SELECT} WHERE caller = $1`, [caller]);
  return rows[0] && blockOf(rows[0]);
}

export async function putBlock(
  client: Queries,
  { caller, reason, blockedAt, until, times }: CallersBlock,
): Promise<void> {
  await client.query(
    `INSERT INTO probing_block (caller, reason, blocked_at, blocked_until, times) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (caller) DO UPDATE SET reason = EXCLUDED.reason, blocked_at = EXCLUDED.blocked_at,
       blocked_until = EXCLUDED.blocked_until, times = EXCLUDED.times`,
    [caller, reason, blockedAt, until, times],
  );
}

/** @returns false when it was removed, or another one took its place, in the meantime */
export async function removeBlock(
  client: Queries,
  { caller, blockedAt }: Pick<CallersBlock, 'caller' | 'blockedAt'>,
): Promise<boolean> {
  const { rowCount } = await client.query('DELETE FROM probing_block WHERE caller = $1 AND blocked_at = $2', [
    caller,
    blockedAt,
  ]);
  return rowCount === 1;
}

const blockOf = ({ caller, reason, blocked_at, blocked_until, times }: Row): CallersBlock => ({
  caller,
  reason,
  blockedAt: Number(blocked_at),
  ...(blocked_until !== null && { until: Number(blocked_until) }),
  times,
});
