import { BillingError } from '../billing-error.ts';
import { type TaxRule, taxOf, type TaxSummary } from '../tax/consumption-tax.ts';
import { contentHash } from './canonical-json.ts';
import type { ClosedStatement } from './closing.ts';
import { differenceOf } from './line-difference.ts';
import { type StatementLine, type Totals, totalsOf } from './statement-line.ts';

/** Gives back what a closed statement charged too much (適格返還請求書). The statement itself stays as it is. */
export interface CreditNote {
  /** What it corrects. */
  readonly statement: Pick<ClosedStatement, 'customer' | 'period' | 'contentHash'>;
  /** Shown to the customer, Japanese first. */
  readonly reason: { readonly ja: string; readonly en: string };
  /** Epoch ms. */
  readonly issuedAt: number;
  /** What is right less what was billed. */
  readonly lines: readonly StatementLine[];
  /** `amountDue` is below zero. */
  readonly totals: Totals;
  readonly tax: TaxSummary;
  /** Over everything else in it. */
  readonly contentHash: string;
}

export interface CreditNoteInput {
  readonly statement: ClosedStatement;
  /** Those of the statement that were issued before. */
  readonly earlier: readonly CreditNote[];
  /** What the statement should have said. */
  readonly corrected: readonly StatementLine[];
  readonly reason: CreditNote['reason'];
  readonly issuedAt: number;
  readonly tax: TaxRule;
}

/**
 * @throws BillingError `not_a_credit`: what is right is not less than what was billed. What was billed too little is
 * added to the next statement ({@link differenceOf}); `no_tax_rate`
 */
export function creditNoteFor({ statement, earlier, corrected, ...about }: CreditNoteInput): CreditNote {
  const lines = differenceOf(corrected, [...statement.lines, ...earlier.flatMap((note) => note.lines)]);
  const totals = totalsOf(lines);
  if (totals.amountDue >= 0n) {
    throw new BillingError(
      'not_a_credit',
      `The correction of ${statement.period} gives nothing back. Put what is owed on the next statement.`,
    );
  }
  const { customer, period, contentHash: corrects } = statement;
  const note = {
    statement: { customer, period, contentHash: corrects },
    reason: about.reason,
    issuedAt: about.issuedAt,
    lines,
    totals,
    tax: taxOf(lines, about.tax),
  };
  return { ...note, contentHash: contentHash(note) };
}

/** Whether a closed statement or a credit note is what was issued, octet for octet. */
export function isUnchanged({ contentHash: claimed, ...content }: ClosedStatement | CreditNote): boolean {
  return contentHash(content) === claimed;
}
