import type { ClosingBlocker, StatementLine } from '@kakunin/billing';
import { type BillingPeriod, billingPeriodBounds, jstDateOf } from '@kakunin/calendar';
import type { PoolClient } from 'pg';
import type { StatementKey } from './statement-store.ts';

/** Chargeable checks of a customer that one producer recorded on one day, and that a statement is the first to bill. */
export interface BilledUsage {
  /** In Japan, `2026-10-31`. */
  readonly day: string;
  readonly producer: string;
  readonly quantity: bigint;
}

const UNBILLED = `
  SELECT day::text, producer, chargeable - coalesce(billed.quantity, 0) AS quantity
  FROM usage_producer_day AS counted
  LEFT JOIN (
    SELECT day, producer, sum(quantity) AS quantity FROM statement_usage
    WHERE customer = $1 AND day >= $2::date AND day < $3::date GROUP BY 1, 2
  ) AS billed USING (day, producer)
  WHERE platform_provider = $1 AND day >= $2::date AND day < $3::date AND chargeable <> coalesce(billed.quantity, 0)
  ORDER BY day, producer`;

const INSERT = `
  INSERT INTO statement_usage (period, customer, day, producer, quantity)
  SELECT $1, $2, * FROM unnest($3::date[], $4::text[], $5::bigint[])`;

/** What was counted of a customer's months and is on no statement yet. */
export async function unbilledUsage(
  client: PoolClient,
  customer: string,
  months: readonly BillingPeriod[],
): Promise<readonly BilledUsage[]> {
  const found: BilledUsage[] = [];
  for (const month of months) {
    const { start, end } = billingPeriodBounds(month);
    const { rows } = await client.query<Row>(UNBILLED, [customer, jstDateOf(start), jstDateOf(end)]);
    found.push(...rows.map((row) => ({ ...row, quantity: BigInt(row.quantity) })));
  }
  return found;
}

/** Before the statement itself, in its transaction. */
export async function insertBilledUsage(
  client: PoolClient,
  { period, customer }: StatementKey,
  usage: readonly BilledUsage[],
): Promise<void> {
  await client.query(INSERT, [
    period,
    customer,
    usage.map(({ day }) => day),
    usage.map(({ producer }) => producer),
    usage.map(({ quantity }) => quantity),
  ]);
}

/** Whether each chargeable check is in one line of usage, and each line of usage is of such checks. */
export function usageDifferences(
  customer: string,
  lines: readonly StatementLine[],
  usage: readonly BilledUsage[],
): readonly ClosingBlocker[] {
  const billedBy = sumsOf(
    lines.filter(({ kind }) => kind === 'usage').map(({ usagePeriod, quantity }) => [usagePeriod, quantity]),
  );
  const countedBy = sumsOf(usage.map(({ day, quantity }) => [day.slice(0, 7) as BillingPeriod, quantity]));
  return [...new Set([...billedBy.keys(), ...countedBy.keys()])].sort().flatMap((period) => {
    const [counted, billed] = [countedBy.get(period) ?? 0n, billedBy.get(period) ?? 0n];
    return counted === billed ? [] : [{ reason: 'usage_differs' as const, customer, period, counted, billed }];
  });
}

function sumsOf(parts: readonly (readonly [BillingPeriod, bigint])[]): ReadonlyMap<BillingPeriod, bigint> {
  const sums = new Map<BillingPeriod, bigint>();
  for (const [period, quantity] of parts) sums.set(period, (sums.get(period) ?? 0n) + quantity);
  return sums;
}

interface Row extends Omit<BilledUsage, 'quantity'> {
  readonly quantity: string;
}
