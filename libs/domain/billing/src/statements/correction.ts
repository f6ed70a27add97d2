import { BillingError } from '../billing-error.ts';
import type { ClosedStatement } from './closed-statement.ts';
import type { CreditNote } from './credit-note.ts';
import { differenceOf } from './line-difference.ts';
import { lineKey, lineOf, type StatementLine, totalsOf } from './statement-line.ts';

/** A line of a closed statement, and how many checks it should have billed. */
export interface QuantityCorrection {
  /** From 1, in the order of the statement. */
  readonly line: number;
  /** 0 or more, and at most what was billed. */
  readonly quantity: bigint;
}

/** What a customer has been billed by a statement after its credit notes. */
export const linesAfter = (
  { lines }: ClosedStatement,
  notes: readonly Pick<CreditNote, 'lines'>[],
): readonly StatementLine[] => differenceOf([...lines, ...notes.flatMap((note) => note.lines)], []);

/**
 * What the statement should have said, line by line: each named line has its right quantity at the price that was billed.
 * Savings of a pool, minima and caps stay as they are: where they should move, the usage has to be rated again.
 * @throws BillingError `unknown_line`: there is no such line, it does not bill checks, it is named twice, or the
 * quantity is not between 0 and what is billed; `credit_exceeds_statement`: a cap or a saving that stays would be more
 * than what is left
 */
export function withQuantities(
  statement: ClosedStatement,
  notes: readonly Pick<CreditNote, 'lines'>[],
  corrections: readonly QuantityCorrection[],
): readonly StatementLine[] {
  const corrected = new Map(linesAfter(statement, notes).map((line) => [lineKey(line), line]));
  const named = new Set<string>();
  for (const { line: number, quantity } of corrections) {
    const line = statement.lines[number - 1];
    const key = line && lineKey(line);
    if (!line || key === undefined || named.has(key)) throw unknown(number, 'it is not there, or named twice');
    named.add(key);
    const left = corrected.get(key)?.quantity ?? 0n;
    if (line.kind !== 'usage' || line.unitPrice === undefined) throw unknown(number, 'it bills no checks');
    if (quantity < 0n || quantity > left) throw unknown(number, `a quantity from 0 to ${left} can be right`);
    corrected.set(key, lineOf(line, quantity, quantity * line.unitPrice));
  }
  if (totalsOf(corrected.values()).amountDue < 0n) {
    throw new BillingError(
      'credit_exceeds_statement',
      `Of ${statement.period} more would be given back than is due: a cap or a saving would have to shrink, too. Cancel the statement instead.`,
    );
  }
  return [...corrected.values()];
}

const unknown = (line: number, why: string): BillingError =>
  new BillingError('unknown_line', `Line ${line} cannot be corrected: ${why}.`);
