import { type CallQuota, type QuotaState, takeFromQuota } from '@kakunin/probing';
import type { PoolClient } from 'pg';
import type { Queries } from '../database/queries.ts';

/** How much a caller may ask. */
export interface CallLimit {
  readonly callsPerHour: number;
  /** Different persons, about. */
  readonly personsPerDay: number;
}

const HOUR_MS = 3_600_000;
/** A process takes so much of an hour's calls at once, and loses no more when it ends. */
const PARTS = 200;

export async function limitOf(queries: Queries, caller: string, standard: CallLimit): Promise<CallLimit> {
  const { rows } = await queries.query<{ calls_an_hour: number; persons_a_day: number }>(
    'SELECT calls_an_hour, persons_a_day FROM call_limit WHERE caller = $1',
    [caller],
  );
  const [row] = rows;
  return row ? { callsPerHour: row.calls_an_hour, personsPerDay: row.persons_a_day } : standard;
}

/** What a process was given to hand out. */
export type Taken = { readonly calls: number } | { readonly calls: 0; readonly retryAfter: number };

/** By whom, and from which of its buckets. */
export interface CallsAsked {
  readonly caller: string;
  readonly bucket: string;
  readonly standard: CallLimit;
  /** The bucket holds so many times the calls of an hour. */
  readonly times: number;
  /** Epoch ms. */
  readonly now: number;
}

/** Takes a part of a caller's quota; the rest of it, when there is less. */
export async function takeCalls(
  client: PoolClient,
  { caller, bucket, standard, times, now }: CallsAsked,
): Promise<Taken> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('call quota ' || $1, 0))`, [bucket]);
  const capacity = times * (await limitOf(client, caller, standard)).callsPerHour;
  const { rows } = await client.query<{ left_over: number; at: string }>(
    'SELECT left_over, at FROM call_quota WHERE caller = $1',
    [bucket],
  );
  const state = rows[0] && { left: rows[0].left_over, at: Number(rows[0].at) };
  const { calls, state: after, retryAfter } = takePart({ capacity, refillMs: HOUR_MS }, state, now);
  await client.query(
    `INSERT INTO call_quota (caller, left_over, at) VALUES ($1, $2, $3)
     ON CONFLICT (caller) DO UPDATE SET left_over = excluded.left_over, at = excluded.at`,
    [bucket, after.left, after.at],
  );
  return calls > 0 ? { calls } : { calls: 0, retryAfter };
}

function takePart(quota: CallQuota, state: QuotaState | undefined, now: number) {
  const part = Math.ceil(quota.capacity / PARTS);
  const whole = takeFromQuota(quota, state, { now, cost: part });
  if (whole.granted) return { calls: part, state: whole.state, retryAfter: 0 };
  const rest = Math.max(1, Math.floor(whole.state.left));
  const taken = takeFromQuota(quota, whole.state, { now, cost: rest });
  if (taken.granted) return { calls: rest, state: taken.state, retryAfter: 0 };
  return { calls: 0, state: taken.state, retryAfter: taken.retryAfter };
}
