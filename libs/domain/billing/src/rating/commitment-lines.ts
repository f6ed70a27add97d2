import { type BillingPeriod, billingPeriodBounds } from '@kakunin/calendar';
import type { PriceList } from '../prices/price-list.ts';
import type { Commitment } from '../prices/tariff.ts';
import { lineOf, type StatementLine, totalsOf } from '../statements/statement-line.ts';

export interface CommitmentInput {
  /** All that usage of the month costs, of all customers. */
  readonly lines: readonly StatementLine[];
  readonly prices: PriceList;
  readonly period: BillingPeriod;
}

/**
 * What lifts what a customer owes to its minimum, and then lowers it to its cap: each counts the lines of its own tax
 * category, after waivers. A customer that a minimum names owes it also for a month without usage.
 */
export function commitmentLines({ lines, prices, period }: CommitmentInput): readonly StatementLine[] {
  const time = billingPeriodBounds(period).start;
  const byCustomer = Map.groupBy(lines, ({ customer }) => customer);
  const named = prices.commitments.flatMap(({ scope }) => scope.customer ?? []);
  return [...new Set([...byCustomer.keys(), ...named])].flatMap((customer) => {
    const own = [...(byCustomer.get(customer) ?? [])];
    return prices.commitmentsFor({ customer, time }).flatMap((commitment) => {
      const line = commitmentLine(commitment, own, { customer, period });
      own.push(line);
      return line.amountDue === 0n ? [] : [line];
    });
  });
}

function commitmentLine(
  { id, kind, amount, taxCategory }: Commitment,
  lines: readonly StatementLine[],
  { customer, period }: { readonly customer: string; readonly period: BillingPeriod },
): StatementLine {
  const due = totalsOf(lines.filter((line) => line.taxCategory === taxCategory)).amountDue;
  const difference = amount - due;
  const applies = kind === 'minimum' ? difference > 0n : difference < 0n;
  const subject = { kind, customer, serviceProvider: '', usagePeriod: period, tariffId: id, taxCategory };
  return lineOf(subject, 0n, applies ? difference : 0n);
}
