import type { BillingPeriod } from '@kakunin/calendar';
import { type StatementLine, type Totals, totalsOf } from './statement-line.ts';

/** What one customer owes for a month, before tax. */
export interface Statement {
  readonly customer: string;
  readonly period: BillingPeriod;
  /** In the order of {@link compareLines}. Those of an earlier `usagePeriod` came late. */
  readonly lines: readonly StatementLine[];
  readonly totals: Totals;
}

/** One statement per customer, in the order of the lines. */
export const statementsOf = (lines: readonly StatementLine[], period: BillingPeriod): readonly Statement[] =>
  [...Map.groupBy(lines, ({ customer }) => customer)].map(([customer, own]) => ({
    customer,
    period,
    lines: own,
    totals: totalsOf(own),
  }));
