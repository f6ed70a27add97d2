import { CHARGEABLE_OUTCOMES } from '@kakunin/billing';
import { type BillingPeriod, billingPeriodBounds, jstDateOf } from '@kakunin/calendar';
import type { PoolClient } from 'pg';
import type { Books } from './differences.ts';

const COUNTED = `
  SELECT producer, platform_provider AS customer, day::text, records, chargeable FROM usage_producer_day
  WHERE day >= $1::date AND day < $2::date`;

const LEAVES = `
  SELECT producer, customer, day::text, leaves AS records FROM ledger_producer_day
  WHERE day >= $1::date AND day < $2::date`;

const USAGE = `
  SELECT platform_provider AS customer, day::text, sum(quantity) AS records,
         coalesce(sum(quantity) FILTER (WHERE outcome = ANY ($3::text[])), 0) AS chargeable
  FROM usage_day WHERE day >= $1::date AND day < $2::date GROUP BY 1, 2`;

const BILLED = `
  SELECT producer, customer, day::text, sum(quantity) AS billed FROM statement_usage
  WHERE day >= $1::date AND day < $2::date GROUP BY 1, 2, 3`;

/** Of customers whose statement is closed and, once the month is, of all that have usage in it. */
const STATEMENTS = `
  SELECT customer, (
    SELECT coalesce(sum(quantity), 0) FROM statement_line AS line
    WHERE line.customer = known.customer AND usage_period = $3 AND kind = 'usage'
  ) AS quantity
  FROM (
    SELECT customer FROM statement WHERE period = $3
    UNION
    SELECT platform_provider FROM usage_producer_day
    WHERE day >= $1::date AND day < $2::date
      AND EXISTS (SELECT FROM billing_month WHERE period >= $3 AND state = 'closed')
  ) AS known`;

/** Over all days: a segment does not say how its records are spread over them. */
const SEGMENTS = `
  SELECT producer, recorded, coalesce(counted, 0) AS counted
  FROM (SELECT producer, sum(record_count) AS recorded FROM usage_segment GROUP BY 1) AS segments
  LEFT JOIN (SELECT producer, sum(records) AS counted FROM usage_producer_day GROUP BY 1) AS days USING (producer)`;

const MISSING = `
  SELECT producer, highest_sequence - segment_count - given_up AS segments FROM usage_producer
  WHERE highest_sequence - segment_count > given_up`;

const PENDING = `
  SELECT customer, count(*) AS segments FROM ledger_pending WHERE earliest_day < $1::date GROUP BY 1 ORDER BY 1`;

/** Reads what the tables say of a month, in the transaction that is given. */
export async function readBooks(client: PoolClient, period: BillingPeriod): Promise<Books> {
  const bounds = billingPeriodBounds(period);
  const days = [jstDateOf(bounds.start), jstDateOf(bounds.end)];
  const read = async <T>(text: string, values: unknown[] = []): Promise<readonly T[]> =>
    (await client.query<Record<string, unknown>>(text, values)).rows.map(withQuantities) as readonly T[];
  return {
    counted: await read(COUNTED, days),
    leaves: await read(LEAVES, days),
    usage: await read(USAGE, [...days, CHARGEABLE_OUTCOMES.outcomes]),
    billed: await read(BILLED, days),
    statements: await read(STATEMENTS, [...days, period]),
    segments: await read(SEGMENTS),
    missing: await read(MISSING),
    pending: await read(PENDING, days.slice(1)),
  };
}

const QUANTITIES = new Set(['records', 'chargeable', 'billed', 'quantity', 'recorded', 'counted', 'segments']);

/** PostgreSQL's bigint and numeric come as text. */
const withQuantities = (row: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, QUANTITIES.has(column) ? BigInt(value as string) : value]),
  );
