import { BillingError } from '../billing-error.ts';
import { taxOf, taxOfChange, type TaxSummary } from '../tax/consumption-tax.ts';
import type { Issuer, Recipient } from '../tax/issuer.ts';
import type { TaxRate } from '../tax/tax-rate.ts';
import { contentHash } from './canonical-json.ts';
import type { ClosedStatement } from './closed-statement.ts';
import { differenceOf } from './line-difference.ts';
import { type StatementLine, type Totals, totalsOf } from './statement-line.ts';

/**
 * How it was found what is right.
 * - `quantities`: lines were named, with the checks that should have been billed.
 * - `prices`: all usage was rated again, by prices as they were known at another instant (epoch ms).
 * - `cancellation`: nothing should have been billed.
 */
export type CorrectionBasis =
  | { readonly kind: 'quantities' }
  | { readonly kind: 'prices'; readonly pricesKnownAt: number; readonly priceListHash: string }
  | { readonly kind: 'cancellation' };

/** Gives back what a closed statement charged too much (適格返還請求書). The statement itself stays as it is. */
export interface CreditNote {
  /** Without gaps in a year of an issuer. */
  readonly number: string;
  readonly issuer: Issuer;
  readonly recipient: Recipient;
  /** What it corrects. */
  readonly statement: Pick<ClosedStatement, 'customer' | 'period' | 'number' | 'contentHash'>;
  readonly basis: CorrectionBasis;
  /** Shown to the customer, Japanese first. */
  readonly reason: { readonly ja: string; readonly en: string };
  /** Epoch ms. */
  readonly issuedAt: number;
  /** What is right less what was billed. */
  readonly lines: readonly StatementLine[];
  /** `amountDue` is below zero. */
  readonly totals: Totals;
  /** What was charged less the tax of what is right (ADR 25): not the tax of `totals` by itself. */
  readonly tax: TaxSummary;
  /** Over everything else in it. */
  readonly contentHash: string;
}

export interface CreditNoteInput extends Pick<CreditNote, 'number' | 'basis' | 'reason' | 'issuedAt'> {
  readonly statement: ClosedStatement;
  /** Those of the statement that were issued before. */
  readonly earlier: readonly CreditNote[];
  /** What the statement should have said. */
  readonly corrected: readonly StatementLine[];
  /** What is given back is rounded as the statement was. */
  readonly rates: readonly TaxRate[];
}

/**
 * @throws BillingError `not_a_credit`: what is right is not less than what was billed. What was billed too little is
 * added to the next statement ({@link differenceOf}); `no_tax_rate`
 */
export function creditNoteFor({ statement, earlier, corrected, rates, ...about }: CreditNoteInput): CreditNote {
  const lines = differenceOf(corrected, [...statement.lines, ...earlier.flatMap((note) => note.lines)]);
  const totals = totalsOf(lines);
  if (totals.amountDue >= 0n) {
    throw new BillingError(
      'not_a_credit',
      `The correction of ${statement.period} gives nothing back. Put what is owed on the next statement.`,
    );
  }
  const { customer, period, number, contentHash: corrects, issuer, recipient } = statement;
  const note = {
    ...about,
    issuer,
    recipient,
    statement: { customer, period, number, contentHash: corrects },
    lines,
    totals,
    tax: creditedTax({ statement, earlier, corrected, rates }, lines),
  };
  return { ...note, contentHash: contentHash(note) };
}

/** @param lines what the note gives back. @throws BillingError `no_tax_rate` */
export function creditedTax(
  { statement, earlier, corrected, rates }: Pick<CreditNoteInput, 'statement' | 'earlier' | 'corrected' | 'rates'>,
  lines: readonly StatementLine[],
): TaxSummary {
  const right = taxOf(corrected, { rates, rounding: statement.tax.rounding });
  return taxOfChange(lines, right, { charged: [statement.tax, ...earlier.map(({ tax }) => tax)], rates });
}

/** Whether a closed statement or a credit note is what was issued, octet for octet. */
export function isUnchanged({ contentHash: claimed, ...content }: ClosedStatement | CreditNote): boolean {
  return contentHash(content) === claimed;
}
