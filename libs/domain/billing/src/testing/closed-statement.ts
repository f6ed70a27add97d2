import {
  beginClosing,
  type CloseInput,
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

/** What the statement of `pf-a` for November 2026 with these lines is closed with, on the first of December at nine. */
export function closeInput(lines: readonly StatementLine[], tax: TaxRule = taxRule): CloseInput {
  const period = month('2026-11');
  const now = jst('2026-12-01T09:00:00');
  const begun = beginClosing({ state: 'open', period }, now);
  if (!begun.done) throw new Error('the month is not over');
  return {
    month: begun.to,
    statement: { customer: 'pf-a', period, lines, totals: totalsOf(lines) },
    producers: [complete('journal-1')],
    invoice: {
      number: '2026-000001',
      issuer: { name: '確認機構', nameEn: 'Kakunin', address: '東京都', registrationNumber: 'T7000012050002' },
      recipient: { name: '株式会社プラットフォーム' },
    },
    priceListHash: '0'.repeat(64),
    lateMonths: [],
    tax,
    now,
  };
}

/** The statement of {@link closeInput}, closed. */
export function closedWith(lines: readonly StatementLine[], tax: TaxRule = taxRule): ClosedStatement {
  const closed = closeStatement(closeInput(lines, tax));
  if (!closed.done) throw new Error(JSON.stringify(closed.blockers));
  return closed.to;
}
