import { CHARGEABLE_OUTCOMES, type ClosedStatement, type CreditNote } from '@kakunin/billing';
import { type AccountedUntil, type TreeHead, verifyStatement as verifyTree } from '@kakunin/usage-ledger';
import { Checkpoints, NO_TREE, type OpenedCheckpoint } from './checkpoints.ts';
import { checkCreditNotes } from './credit-note-check.ts';
import { FindingList } from './finding-list.ts';
import { LeafCounts } from './leaf-counts.ts';
import { type BilledMonth, checkMoney, pricesFirstChecks, publishedFor } from './money-check.ts';
import { openStatement } from './signed-statement.ts';
import { treeCheck } from './tree-check.ts';
import { addTreeFindings } from './tree-findings.ts';
import type { StatementVerification, StatementVerificationInput } from './types.ts';

/**
 * Recomputes a statement from nothing but the customer's own ledger, receipts and the published prices: every leaf is
 * read once, held against the signed tree, and rated again. What is wrong is returned, not thrown.
 *
 * Memory grows with receipts, with days × kinds of checks, and, where first checks are priced, with certificates; not
 * with leaves.
 * @throws whatever `ledger` and `publishedPrices` throw; LedgerError, TypeError and BillingError for keys and prices
 * that are none
 */
export async function verifyStatement(input: StatementVerificationInput): Promise<StatementVerification> {
  const list = new FindingList();
  const checkpoints = new Checkpoints(input.verifierKeys, list);
  const statement = openStatement(input.statement, input.signingKey, list);
  const checkpoint = await checkpoints.current(input.ledger, statement?.ledger !== undefined);
  if (!statement || !checkpoint)
    return { ...list, leaves: 0, ...(statement && { statement: summaryOf(statement, []) }) };
  checkRule(statement, list);
  checkOrigin(statement, checkpoint, list);
  const months = await publishedFor(statement, input.publishedPrices, list);
  const earlier = (input.earlierStatements ?? []).flatMap(
    (document) => openStatement(document, input.signingKey, list) ?? [],
  );
  const kept = checkpoints.kept(input.keptCheckpoints ?? []);
  const { leaves, counts, ofMonth } = await readLeaves({ input, statement, earlier, months, checkpoint, kept, list });
  checkMoney({ statement, earlier, months, counts }, list);
  const notes = await checkCreditNotes(
    {
      statement,
      documents: input.creditNotes ?? [],
      signingKey: input.signingKey,
      month: months.find(({ period }) => period === statement.period)!,
      counts: [counts, ofMonth].map((each) => each.of(statement.period)),
      published: input.publishedPrices,
    },
    list,
  );
  return {
    ...list,
    leaves,
    statement: summaryOf(statement, notes),
    ...(checkpoint.size > 0 && { checkpoint: { size: checkpoint.size, octets: checkpoint.octets } }),
  };
}

interface Reading {
  readonly input: StatementVerificationInput;
  readonly statement: ClosedStatement;
  readonly earlier: readonly ClosedStatement[];
  readonly months: readonly BilledMonth[];
  readonly checkpoint: OpenedCheckpoint;
  readonly kept: readonly TreeHead[];
  readonly list: FindingList;
}

interface LeavesRead {
  readonly leaves: number;
  /** Those in the statement's tree. */
  readonly counts: LeafCounts;
  /** All of the statement's month, if there are credit notes: late usage is behind the statement's tree. */
  readonly ofMonth: LeafCounts;
}

async function readLeaves(reading: Reading): Promise<LeavesRead> {
  const { input, statement, earlier, months, checkpoint, kept, list } = reading;
  const head = headOf(statement);
  const [counts, ofMonth] = [1, 2].map(() => new LeafCounts(statement.customer, pricesFirstChecks(months))) as [
    LeafCounts,
    LeafCounts,
  ];
  const hasNotes = (input.creditNotes ?? []).length > 0;
  const verdict = await verifyTree({
    ...treeCheck(input, checkpoint),
    statement: {
      period: statement.period,
      head,
      previous: previousOf(statement, earlier),
      outcomes: CHARGEABLE_OUTCOMES.outcomes,
      totals: statement.lines
        .filter(({ kind }) => kind === 'usage')
        .map(({ usagePeriod: period, serviceProvider, quantity }) => ({ period, serviceProvider, quantity })),
    },
    earlier: [...kept, ...earlier.map(headOf)],
    watch: (leaf, { index, period }) => {
      if (index < head.size && period <= statement.period) counts.add(leaf, period);
      if (hasNotes && period === statement.period) ofMonth.add(leaf, period);
    },
  });
  addTreeFindings(list, verdict);
  return { leaves: verdict.leaves, counts, ofMonth };
}

const headOf = ({ ledger }: ClosedStatement): TreeHead =>
  ledger ? { size: ledger.size, root: Buffer.from(ledger.root, 'base64') } : NO_TREE;

/** The customer's statement before this one. */
function previousOf({ period }: ClosedStatement, earlier: readonly ClosedStatement[]): AccountedUntil | undefined {
  const [last] = earlier
    .filter((statement) => statement.period < period)
    .toSorted((one, other) => (one.period < other.period ? 1 : -1));
  return last && { period: last.period, size: headOf(last).size };
}

function checkRule({ chargeableOutcomes }: ClosedStatement, list: FindingList): void {
  if (chargeableOutcomes === CHARGEABLE_OUTCOMES.version) return;
  list.add(
    'unknown_rule',
    `課金対象の規則 ${chargeableOutcomes} を、この版は知りません。`,
    `What is charged follows rule ${chargeableOutcomes}, which this version does not know.`,
  );
}

function checkOrigin({ ledger }: ClosedStatement, { origin }: OpenedCheckpoint, list: FindingList): void {
  if (!ledger || ledger.origin === origin) return;
  list.add(
    'other_ledger',
    `請求書は別の台帳（${ledger.origin}）に基づいています。`,
    `The statement is made from another ledger: ${ledger.origin}.`,
  );
}

const summaryOf = ({ customer, period, number, totals, tax }: ClosedStatement, notes: readonly CreditNote[]) => ({
  customer,
  period,
  number,
  quantity: totals.quantity,
  amountWithTax: tax.amountWithTax,
  owedWithTax: notes.reduce((owed, note) => owed + note.tax.amountWithTax, tax.amountWithTax),
  creditNotes: notes.map((note) => note.number),
});
