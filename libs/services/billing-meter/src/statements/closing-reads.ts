import type { LedgerHead, StatementLine } from '@kakunin/billing';
import { type BillingPeriod, billingPeriodBounds, billingPeriodOf, jstDateOf } from '@kakunin/calendar';
import type { PoolClient } from 'pg';
import { LINE_COLUMNS, type LineRow, lineOfRow } from './statement-rows.ts';

// What closing asks of one state of the database. Days are dates in Japan, so no time zone of a session matters.

/** Months with usage that come after the last closed one, and before the given one. */
const EARLIER = `
  SELECT DISTINCT to_char(day, 'YYYY-MM') AS period FROM usage_producer_day
  WHERE day < $1::date
    AND to_char(day, 'YYYY-MM') > coalesce((SELECT max(period) FROM billing_month WHERE state = 'closed'), '')
  UNION SELECT period FROM billing_month WHERE state = 'closing' AND period < $2
  ORDER BY 1`;

const CUSTOMERS =
  'SELECT DISTINCT platform_provider AS customer FROM usage_day WHERE day >= $1::date AND day < $2::date';

/**
 * Each chargeable check is in one line of usage: other quantities mean usage that came late. It is priced as the
 * customer's statement of its month was; without one, as that month was, or the next one that there is.
 */
const LATE = `
  WITH counted AS (
    SELECT platform_provider AS customer, to_char(day, 'YYYY-MM') AS period, sum(chargeable) AS quantity
    FROM usage_producer_day
    WHERE day < $1::date AND ($3::text IS NULL OR platform_provider = $3)
    GROUP BY 1, 2
  ), billed AS (
    SELECT customer, usage_period AS period, sum(quantity) AS quantity
    FROM statement_line
    WHERE kind = 'usage' AND usage_period < $2 AND ($3::text IS NULL OR customer = $3)
    GROUP BY 1, 2
  )
  SELECT customer, period, coalesce((
    SELECT prices_known_at FROM statement AS own WHERE own.customer = counted.customer AND own.period = counted.period
  ), (
    SELECT prices_known_at FROM billing_month AS month WHERE month.period >= counted.period ORDER BY month.period LIMIT 1
  )) AS prices_known_at
  FROM counted LEFT JOIN billed USING (customer, period)
  WHERE counted.quantity <> coalesce(billed.quantity, 0)
  ORDER BY customer, period`;

const BILLED = `SELECT ${LINE_COLUMNS} FROM statement_line WHERE customer = $1 AND usage_period = $2`;

const PENDING = 'SELECT count(*) AS segments FROM ledger_pending WHERE customer = $1 AND earliest_day < $2::date';

const HEAD = `SELECT origin, size, encode(root, 'base64') AS root FROM ledger_head WHERE customer = $1`;

const CLOSED = 'SELECT FROM statement WHERE period = $1 AND customer = $2';

export interface LateUsage {
  readonly customer: string;
  readonly period: BillingPeriod;
  /** Epoch ms; undefined: no month as late as this has begun to close. */
  readonly pricesKnownAt: number | undefined;
}

const boundsOf = (period: BillingPeriod): { start: string; end: string } => {
  const { start, end } = billingPeriodBounds(period);
  return { start: jstDateOf(start), end: jstDateOf(end) };
};

/** Months that have to be closed before this one, in their order. */
export async function earlierMonths(client: PoolClient, period: BillingPeriod): Promise<readonly BillingPeriod[]> {
  const { rows } = await client.query<{ period: BillingPeriod }>(EARLIER, [boundsOf(period).start, period]);
  return rows.map((row) => row.period);
}

/** Those with usage in the month, whatever its outcome. */
export async function customersOf(client: PoolClient, period: BillingPeriod): Promise<readonly string[]> {
  const { start, end } = boundsOf(period);
  const { rows } = await client.query<{ customer: string }>(CUSTOMERS, [start, end]);
  return rows.map(({ customer }) => customer);
}

/** Usage of months before this one that no statement bills yet. @param customer absent: of all */
export async function lateUsage(
  client: PoolClient,
  period: BillingPeriod,
  customer?: string,
): Promise<readonly LateUsage[]> {
  const values = [boundsOf(period).start, period, customer ?? null];
  const { rows } = await client.query<LateRow>(LATE, values);
  return rows.map((row) => ({
    customer: row.customer,
    period: row.period,
    pricesKnownAt: row.prices_known_at?.getTime(),
  }));
}

/** Whether usage of the month itself came after its statement, and is on no other one yet. */
export async function hasLateUsage(client: PoolClient, period: BillingPeriod, customer: string): Promise<boolean> {
  const next = billingPeriodOf(billingPeriodBounds(period).end);
  return (await lateUsage(client, next, customer)).some((late) => late.period === period);
}

/** All lines that any statement billed for the month of usage. */
export async function billedFor(
  client: PoolClient,
  customer: string,
  usagePeriod: BillingPeriod,
): Promise<readonly StatementLine[]> {
  const { rows } = await client.query<LineRow>(BILLED, [customer, usagePeriod]);
  return rows.map(lineOfRow);
}

/** Segments with usage of the month, or of one before, that are not in the customer's ledger yet. */
export async function pendingSegments(client: PoolClient, customer: string, period: BillingPeriod): Promise<bigint> {
  const { rows } = await client.query<{ segments: string }>(PENDING, [customer, boundsOf(period).end]);
  return BigInt(rows[0]?.segments ?? 0);
}

export async function ledgerHead(client: PoolClient, customer: string): Promise<LedgerHead | undefined> {
  const { rows } = await client.query<{ origin: string; size: string; root: string }>(HEAD, [customer]);
  return rows[0] && { ...rows[0], size: Number(rows[0].size) };
}

export async function isClosed(client: PoolClient, period: BillingPeriod, customer: string): Promise<boolean> {
  return (await client.query(CLOSED, [period, customer])).rows.length > 0;
}

interface LateRow {
  readonly customer: string;
  readonly period: BillingPeriod;
  readonly prices_known_at: Date | null;
}
