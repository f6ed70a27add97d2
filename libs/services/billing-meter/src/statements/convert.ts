import { type ClosingBlocker, totalsOf } from '@kakunin/billing';
import { jsonOf } from '../api/json.ts';
import { adviceOn } from './blocker-advice.ts';
import type { MonthPreview } from './month-closing.ts';
import type { StatementRow } from './statement-store.ts';

const blockerJson = (blocker: ClosingBlocker): object => ({ ...blocker, advice: adviceOn(blocker) });

export const summaryJson = (row: StatementRow): object => ({
  period: row.period,
  customer: row.customer,
  number: row.number,
  closedAt: row.closed_at.getTime(),
  contentHash: row.content_hash,
  lineCount: row.line_count,
  ...moneyOf(row),
});

const moneyOf = (row: StatementRow) => ({
  quantity: row.quantity,
  listAmount: row.list_amount,
  waiverAmount: row.waiver_amount,
  amountDue: row.amount_due,
  taxAmount: row.tax_amount,
  amountWithTax: row.amount_with_tax,
});

export interface ClosingViewInput {
  readonly preview: MonthPreview;
  /** Those of the month that are closed. */
  readonly closed: readonly StatementRow[];
  readonly nameOf: (customer: string) => string;
}

/** How a month stands: what is closed of it, and what would be closed now. */
export function closingJson({ preview, closed, nameOf }: ClosingViewInput): object {
  const { month, blockers, statements } = preview;
  const isClosed = new Set(closed.map(({ customer }) => customer));
  const open = statements
    .filter(({ customer }) => !isClosed.has(customer))
    .map(({ customer, statement, tax, lateMonths, blockers: own }) => ({
      customer,
      name: nameOf(customer),
      state: month.state,
      ...(lateMonths && lateMonths.length > 0 && { lateMonths: lateMonths.map(({ period }) => period) }),
      ...statement?.totals,
      ...(tax && { taxAmount: tax.taxAmount, amountWithTax: tax.amountWithTax }),
      blockers: own.map(blockerJson),
    }));
  const done = closed.map((row) => {
    const { customer, number } = row;
    return { customer, name: nameOf(customer), state: 'closed', number, ...moneyOf(row), blockers: [] };
  });
  const rows = [...done, ...open].sort((one, other) => (one.customer < other.customer ? -1 : 1));
  return jsonOf({
    ...month,
    blockers: blockers.map(blockerJson),
    statements: rows,
    totals: sumOf(rows.filter((row) => 'taxAmount' in row)),
  });
}

type Money = Partial<Record<keyof ReturnType<typeof moneyOf>, bigint | string>>;

function sumOf(rows: readonly Money[]): object {
  const sum = (column: keyof Money): bigint => rows.reduce((total, row) => total + BigInt(row[column] ?? 0), 0n);
  return {
    ...totalsOf([
      {
        quantity: sum('quantity'),
        listAmount: sum('listAmount'),
        waiverAmount: sum('waiverAmount'),
        amountDue: sum('amountDue'),
      },
    ]),
    taxAmount: sum('taxAmount'),
    amountWithTax: sum('amountWithTax'),
  };
}
