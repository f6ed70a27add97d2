import { csvHeader, csvRow, LINE_COLUMNS } from '@kakunin/statement-documents';
import type { BillingExport } from './billing-export.ts';

/** The lines of all statements of a month that is not closed (docs/reference/billing-export.md). */
export function* exportCsv({ statements, period, state, asOf }: BillingExport): Generator<string> {
  const about = { period, state, ...(asOf !== undefined && { asOf }) };
  yield csvHeader(LINE_COLUMNS);
  for (const { lines } of statements) {
    yield lines.map((line) => csvRow(LINE_COLUMNS, { ...about, line })).join('');
  }
}
