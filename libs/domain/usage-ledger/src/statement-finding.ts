import type { UsageTotal } from './usage-total.ts';

/** What is wrong with a ledger, or with a statement that is made from it. `leaf` is the number of a leaf, from 0. */
export type StatementFinding =
  /** The leaves do not hash to the checkpoint's root: one was changed, added or left out. */
  | { readonly kind: 'tree_differs' }
  /** There are more or fewer leaves than the checkpoint says. */
  | { readonly kind: 'size_differs'; readonly stated: number; readonly found: number }
  /** A file of the ledger is missing, or is not what the checkpoint says; what follows it was not read. */
  | { readonly kind: 'unreadable'; readonly message: string }
  /** The tree was rewritten: an earlier checkpoint, kept by the payer, is not the beginning of it. */
  | { readonly kind: 'rewritten'; readonly earlierSize: number }
  /** The tree that the statement was closed with is not the beginning of the ledger's. */
  | { readonly kind: 'statement_tree_differs'; readonly size: number }
  /** A leaf that is no usage record in its canonical form. */
  | { readonly kind: 'malformed_leaf'; readonly leaf: number }
  /** An event that is charged twice. */
  | { readonly kind: 'repeated_event'; readonly leaf: number; readonly eventId: string }
  /** Events of the same segment are missing before this one. */
  | { readonly kind: 'missing_event'; readonly leaf: number; readonly eventId: string }
  /** A receipt was given for an event that is not in the tree. */
  | { readonly kind: 'receipt_without_leaf'; readonly eventId: string }
  /** The leaf of an event is another than its receipt says. */
  | { readonly kind: 'receipt_differs'; readonly leaf: number; readonly eventId: string }
  /** No receipt is there for a leaf, though the payer has kept all: an event that never was. */
  | { readonly kind: 'leaf_without_receipt'; readonly leaf: number; readonly eventId: string }
  /** The statement says another quantity than the tree holds for a service provider in a month; either may be 0. */
  | { readonly kind: 'total_differs'; readonly total: UsageTotal; readonly found: bigint };

export type FindingKind = StatementFinding['kind'];

/** Findings of one kind that are kept in full. The others are counted. */
export const FINDINGS_KEPT = 1000;

/** Findings, in memory that does not grow with them. */
export class FindingList {
  readonly findings: StatementFinding[] = [];
  readonly counts = new Map<FindingKind, number>();

  add(finding: StatementFinding): void {
    const count = (this.counts.get(finding.kind) ?? 0) + 1;
    this.counts.set(finding.kind, count);
    if (count <= FINDINGS_KEPT) this.findings.push(finding);
  }
}
