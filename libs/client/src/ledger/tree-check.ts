import { createHash } from 'node:crypto';
import { LedgerReader, type StatementCheck, type TreeHead } from '@kakunin/usage-ledger';
import type { KeptReceipt } from '../receipt.ts';
import type { OpenedCheckpoint } from './checkpoints.ts';
import type { LedgerSource, LedgerVerificationInput } from './types.ts';

/** What every verification holds against the tree: its leaves, and the receipts of this ledger. */
export function treeCheck(
  { ledger, receipts }: LedgerVerificationInput,
  checkpoint: OpenedCheckpoint,
): Pick<StatementCheck, 'head' | 'bundles' | 'receipts'> {
  const own = receipts && {
    kept: ofLedger(checkpoint.origin, receipts.kept),
    complete: receipts.complete,
    without: new Set([reportedBy(checkpoint.origin)]),
  };
  return { head: checkpoint, bundles: bundlesOf(ledger, checkpoint), ...(own && { receipts: own }) };
}

async function* ofLedger(
  origin: string,
  receipts: Iterable<KeptReceipt> | AsyncIterable<KeptReceipt>,
): AsyncGenerator<KeptReceipt> {
  for await (const receipt of receipts) if (receipt.ledger === origin) yield receipt;
}

/** A ledger whose right edge is damaged already fails as its leaves do. */
async function* bundlesOf(ledger: LedgerSource, head: TreeHead): AsyncGenerator<readonly Uint8Array[]> {
  yield* (await LedgerReader.open(ledger, head)).bundles();
}

/** The journal of what the customer reported itself: it was given no receipts for that. */
function reportedBy(origin: string): string {
  const customer = origin.slice(origin.lastIndexOf('/') + 1);
  return createHash('sha256').update(`usage-events/${customer}`).digest('hex').slice(0, 32);
}
