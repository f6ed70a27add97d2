import {
  beginClosing,
  type ClosedStatement,
  closeStatement,
  CONSUMPTION_TAX_RATES,
  type ProducerProgress,
  type StatementLine,
  type TaxRule,
  totalsOf,
} from '../index.ts';
import { jst, month } from './prices.ts';

export const taxRule: TaxRule = { rates: CONSUMPTION_TAX_RATES, rounding: 'floor' };

export const complete = (producer: string): ProducerProgress => ({
  producer,
  missingSegments: 0n,
  completeUntil: jst('2026-12-01'),
});

/** The statement of `pf-a` for November 2026, closed on the first of December. */
export function closedWith(lines: readonly StatementLine[], tax: TaxRule = taxRule): ClosedStatement {
  const period = month('2026-11');
  const now = jst('2026-12-01T09:00:00');
  const begun = beginClosing({ state: 'open', customer: 'pf-a', period, lines, totals: totalsOf(lines) }, now);
  if (!begun.done) throw new Error('the month is not over');
  const closed = closeStatement({ statement: begun.statement, producers: [complete('journal-1')], tax, now });
  if (!closed.done) throw new Error('usage is not complete');
  return closed.statement;
}
