import type { BillingPeriod } from '@kakunin/calendar';
import { verifyStatement as verifyTree } from '@kakunin/usage-ledger';
import { Checkpoints } from './checkpoints.ts';
import { FindingList } from './finding-list.ts';
import { treeCheck } from './tree-check.ts';
import { addTreeFindings } from './tree-findings.ts';
import type { LedgerVerification, LedgerVerificationInput } from './types.ts';

/** No month is after it: every leaf is looked at. */
const EVERY_MONTH = '9999-12' as BillingPeriod;

/**
 * Verifies a ledger as it is now, before there is a statement: its tree, that it continues the checkpoints that were
 * kept, and that it holds what receipts say. What is wrong is returned, not thrown.
 * @throws whatever `ledger` throws; LedgerError and TypeError for keys that are none
 */
export async function verifyLedger(input: LedgerVerificationInput): Promise<LedgerVerification> {
  const list = new FindingList();
  const checkpoints = new Checkpoints(input.verifierKeys, list);
  const checkpoint = await checkpoints.current(input.ledger);
  if (!checkpoint) return { ...list, leaves: 0 };
  const verdict = await verifyTree({
    ...treeCheck(input, checkpoint),
    statement: { period: EVERY_MONTH, head: checkpoint, totals: [], outcomes: [] },
    earlier: checkpoints.kept(input.keptCheckpoints ?? []),
  });
  addTreeFindings(list, verdict);
  return { ...list, leaves: verdict.leaves, checkpoint: { size: checkpoint.size, octets: checkpoint.octets } };
}
