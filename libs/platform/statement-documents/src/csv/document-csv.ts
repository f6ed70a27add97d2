import type { BillingDocument } from '../billing-document.ts';
import { csvOf } from './csv.ts';
import { FOCUS_COLUMNS, type FocusCharge } from './focus-columns.ts';
import { LINE_COLUMNS } from './line-columns.ts';

/** The lines of one document. */
export function linesCsv({ kind, number, period, issuedAt, lines }: BillingDocument): Buffer {
  const document = { kind: kind === 'invoice' ? ('statement' as const) : kind, number };
  const about = { period, state: 'closed' as const, asOf: issuedAt, document };
  return csvOf(
    LINE_COLUMNS,
    lines.map(({ line }) => ({ ...about, line })),
  );
}

/** The charges of one document: their costs add up to what it asks for, tax included. */
export const focusCsv = (document: BillingDocument): Buffer => csvOf(FOCUS_COLUMNS, focusCharges(document));

type FocusSource = Pick<BillingDocument, 'customer' | 'period' | 'number' | 'kind' | 'tax'> & {
  readonly issuer: { readonly name: string };
  readonly recipient: { readonly name: string };
  readonly lines: readonly Pick<BillingDocument['lines'][number], 'line'>[];
};

export function focusCharges({
  customer,
  recipient,
  period,
  issuer,
  number,
  kind,
  lines,
  tax,
}: FocusSource): FocusCharge[] {
  const about = {
    customer,
    customerName: recipient.name,
    period,
    issuer: issuer.name,
    number,
    isCorrection: kind === 'credit_note',
  };
  return [
    ...lines.map(({ line }) => ({ about, charge: line })),
    ...tax.parts.filter(({ percent }) => percent > 0n).map((part) => ({ about, charge: part })),
  ];
}
