import { compareLines, lineKey, type StatementLine, totalsOf } from './statement-line.ts';

/**
 * What is still to be billed, or to be given back: for each subject the money of `rated` less that of `billed`. With it
 * the sum of all that was ever billed is what all usage costs, whenever it was counted.
 *
 * - Late usage: rate all usage of the closed month by the prices known when it was closed, take off all that was billed
 *   for it, and put the difference on the next statement. Its lines name the closed month. Tiers may have to give back:
 *   such lines are below zero.
 * - Corrections: see {@link creditNoteFor}.
 */
export function differenceOf(
  rated: Iterable<StatementLine>,
  billed: Iterable<StatementLine>,
): readonly StatementLine[] {
  const parts = Map.groupBy([...rated, ...[...billed].map(negated)], lineKey);
  return [...parts.values()]
    .flatMap(([line, ...others]) => (line ? [{ ...line, ...totalsOf([line, ...others]) }] : []))
    .filter(({ quantity, listAmount, waiverAmount }) => quantity !== 0n || listAmount !== 0n || waiverAmount !== 0n)
    .sort(compareLines);
}

const negated = (line: StatementLine): StatementLine => ({
  ...line,
  quantity: -line.quantity,
  listAmount: -line.listAmount,
  waiverAmount: -line.waiverAmount,
  amountDue: -line.amountDue,
});
