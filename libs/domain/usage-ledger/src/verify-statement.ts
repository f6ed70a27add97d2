import type { BillingPeriod } from '@kakunin/calendar';
import type { Outcome } from '@kakunin/usage';
import type { TreeHead } from './checkpoint.ts';
import { parseEventId } from './event-id.ts';
import { EventOrder } from './event-order.ts';
import { GrowingTree } from './growing-tree.ts';
import { LedgerError } from './ledger-error.ts';
import { ReceiptCheck } from './receipt.ts';
import type { UsageReceipt } from './receipt.ts';
import { FindingList } from './statement-finding.ts';
import type { FindingKind, StatementFinding } from './statement-finding.ts';
import { sameHash } from './tree-hash.ts';
import { parseUsageLeaf } from './usage-leaf.ts';
import type { UsageLeaf } from './usage-leaf.ts';
import { sumTotals, UsageTally } from './usage-total.ts';
import type { UsageTotal } from './usage-total.ts';

/** What a payer holds against each other. */
export interface StatementCheck {
  /** The ledger that the statement is made from; its checkpoint's signature was verified. */
  readonly head: TreeHead;
  /** All leaves from the first, bundle by bundle: `LedgerReader.bundles()`, or whatever the payer kept. */
  readonly bundles: AsyncIterable<readonly Uint8Array[]> | Iterable<readonly Uint8Array[]>;
  readonly statement: {
    /** First leaf that it accounts for: how large the tree was that the statement before was made from. */
    readonly from: number;
    readonly periods: readonly BillingPeriod[];
    readonly totals: readonly UsageTotal[];
    /** The outcomes that it accounts for: a leaf with another costs nothing and needs no total. */
    readonly outcomes: readonly Outcome[];
  };
  /** Checkpoints that the payer kept from before. */
  readonly earlier?: readonly TreeHead[];
  readonly receipts?: {
    readonly kept: Iterable<UsageReceipt>;
    /** Whether a receipt was kept for each event that the statement accounts for. */
    readonly complete: boolean;
  };
}

export interface StatementVerdict {
  /** Empty: everything is right. Of each kind the first thousand. */
  readonly findings: readonly StatementFinding[];
  /** How many there are of each kind. */
  readonly counts: ReadonlyMap<FindingKind, number>;
  /** Leaves read. */
  readonly leaves: number;
}

/**
 * Recomputes what a statement says from the leaves alone, in one pass and in memory that grows neither with leaves nor
 * with findings (with receipts it does). What is wrong is returned, never thrown.
 * @throws whatever `bundles` throws, but for LedgerError `damaged`, which is a finding
 */
export async function verifyStatement(check: StatementCheck): Promise<StatementVerdict> {
  const pass = new StatementPass(check);
  try {
    for await (const bundle of check.bundles) for (const leaf of bundle) pass.read(leaf);
  } catch (error) {
    if (!(error instanceof LedgerError && error.code === 'damaged')) throw error;
    pass.unreadable(error.message);
  }
  return pass.verdict();
}

class StatementPass {
  readonly #check: StatementCheck;
  readonly #list = new FindingList();
  readonly #tree = new GrowingTree();
  readonly #order = new EventOrder();
  readonly #tally = new UsageTally();
  readonly #periods: ReadonlySet<BillingPeriod>;
  readonly #earlier: Map<number, TreeHead[]>;
  readonly #receipts: ReceiptCheck;

  constructor(check: StatementCheck) {
    this.#check = check;
    this.#periods = new Set(check.statement.periods);
    this.#earlier = Map.groupBy(check.earlier ?? [], ({ size }) => size);
    this.#receipts = new ReceiptCheck(check.receipts?.kept ?? []);
    this.#compareEarlier();
  }

  read(octets: Uint8Array): void {
    const index = this.#tree.size;
    this.#tree.append(octets);
    this.#compareEarlier();
    const leaf = parseUsageLeaf(octets);
    if (leaf) this.#account(index, leaf, octets);
    else this.#list.add({ kind: 'malformed_leaf', leaf: index });
  }

  #account(index: number, leaf: UsageLeaf, octets: Uint8Array): void {
    const { eventId } = leaf;
    const { statement, receipts } = this.#check;
    const accounted = index >= statement.from;
    const place = this.#order.place(parseEventId(eventId)!);
    if (place === 'repeated') this.#list.add({ kind: 'repeated_event', leaf: index, eventId });
    if (place === 'gap') this.#list.add({ kind: 'missing_event', leaf: index, eventId });
    const receipt = this.#receipts.take(eventId, octets);
    if (receipt === 'differs') this.#list.add({ kind: 'receipt_differs', leaf: index, eventId });
    if (receipt === 'none' && accounted && receipts?.complete)
      this.#list.add({ kind: 'leaf_without_receipt', leaf: index, eventId });
    if (!accounted || !statement.outcomes.includes(leaf.outcome)) return;
    const period = this.#tally.periodOf(leaf);
    if (this.#periods.has(period)) this.#tally.add(leaf);
    else this.#list.add({ kind: 'outside_periods', leaf: index, period });
  }

  unreadable(message: string): void {
    this.#list.add({ kind: 'unreadable', message });
  }

  verdict(): StatementVerdict {
    const { size, root } = this.#check.head;
    if (this.#tree.size !== size) this.#list.add({ kind: 'size_differs', stated: size, found: this.#tree.size });
    else if (!sameHash(this.#tree.root(), root)) this.#list.add({ kind: 'tree_differs' });
    for (const earlierSize of this.#earlier.keys()) this.#list.add({ kind: 'rewritten', earlierSize });
    for (const eventId of this.#receipts.left()) this.#list.add({ kind: 'receipt_without_leaf', eventId });
    this.#compareTotals();
    return { findings: this.#list.findings, counts: this.#list.counts, leaves: this.#tree.size };
  }

  /** The tree as it grows is every earlier tree in turn. What is left at the end is larger than the tree. */
  #compareEarlier(): void {
    const heads = this.#earlier.get(this.#tree.size);
    if (!heads) return;
    this.#earlier.delete(this.#tree.size);
    const root = this.#tree.root();
    if (!heads.every((head) => sameHash(head.root, root)))
      this.#list.add({ kind: 'rewritten', earlierSize: this.#tree.size });
  }

  #compareTotals(): void {
    for (const total of sumTotals(this.#check.statement.totals)) {
      const found = total.outcomes.reduce((sum, outcome) => sum + this.#tally.take(total, outcome), 0n);
      if (found !== total.quantity) this.#list.add({ kind: 'total_differs', total, found });
    }
    for (const rest of this.#tally.rest())
      this.#list.add({ kind: 'total_differs', total: { ...rest, quantity: 0n }, found: rest.quantity });
  }
}
