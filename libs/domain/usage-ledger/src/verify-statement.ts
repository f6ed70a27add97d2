import type { BillingPeriod } from '@kakunin/calendar';
import type { Outcome } from '@kakunin/usage';
import { accountsFor } from './accounting.ts';
import type { Accounting } from './accounting.ts';
import type { TreeHead } from './checkpoint.ts';
import { EarlierHeads } from './earlier-heads.ts';
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
import { MonthOf, sumTotals, UsageTally } from './usage-total.ts';
import type { UsageTotal } from './usage-total.ts';

/** What a payer holds against each other. */
export interface StatementCheck {
  /** The ledger as it is now; its checkpoint's signature was verified. It may have grown since the statement. */
  readonly head: TreeHead;
  /** All leaves from the first, bundle by bundle: `LedgerReader.bundles()`, or whatever the payer kept. */
  readonly bundles: AsyncIterable<readonly Uint8Array[]> | Iterable<readonly Uint8Array[]>;
  readonly statement: Accounting & {
    readonly totals: readonly UsageTotal[];
    /** The outcomes that it accounts for: a leaf with another costs nothing and needs no total. */
    readonly outcomes: readonly Outcome[];
  };
  /** Checkpoints that the payer kept from before. */
  readonly earlier?: readonly TreeHead[];
  readonly receipts?: {
    readonly kept: Iterable<UsageReceipt> | AsyncIterable<UsageReceipt>;
    /** Whether a receipt was kept for each event that the statement accounts for. */
    readonly complete: boolean;
    /** Journals whose events have no receipts, though the rest is complete: what the customer reported itself. */
    readonly without?: ReadonlySet<string>;
  };
  /** Is shown each leaf that is well-formed and may be charged, in order. */
  readonly watch?: (leaf: UsageLeaf, place: LeafPlace) => void;
}

export interface LeafPlace {
  /** From 0. */
  readonly index: number;
  /** Its month in Japan. */
  readonly period: BillingPeriod;
  /** Whether this statement accounts for it. */
  readonly accounted: boolean;
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
 * with findings (with receipts it does: about 40 octets each). What is wrong is returned, never thrown.
 * @throws whatever `bundles` throws, but for LedgerError `damaged`, which is a finding
 */
export async function verifyStatement(check: StatementCheck): Promise<StatementVerdict> {
  const pass = new StatementPass(check);
  if (check.receipts) for await (const receipt of check.receipts.kept) pass.keep(receipt);
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
  readonly #months = new MonthOf();
  readonly #earlier: EarlierHeads;
  readonly #receipts = new ReceiptCheck();

  constructor(check: StatementCheck) {
    this.#check = check;
    this.#earlier = new EarlierHeads(check);
    this.#earlier.compare(this.#tree, this.#list);
  }

  keep(receipt: UsageReceipt): void {
    this.#receipts.add(receipt);
  }

  read(octets: Uint8Array): void {
    const index = this.#tree.size;
    this.#tree.append(octets);
    this.#earlier.compare(this.#tree, this.#list);
    const leaf = parseUsageLeaf(octets);
    if (leaf) this.#account(index, leaf, octets);
    else this.#list.add({ kind: 'malformed_leaf', leaf: index });
  }

  #account(index: number, leaf: UsageLeaf, octets: Uint8Array): void {
    const { statement, watch } = this.#check;
    const period = this.#months.of(leaf.time);
    const accounted = accountsFor(statement, index, period);
    this.#checkEvent(index, leaf);
    this.#checkReceipt({ index, leaf, octets, accounted });
    if (!statement.outcomes.includes(leaf.outcome)) return;
    if (accounted) this.#tally.add(period, leaf);
    watch?.(leaf, { index, period, accounted });
  }

  #checkEvent(index: number, { eventId }: UsageLeaf): void {
    const place = this.#order.place(parseEventId(eventId)!);
    if (place === 'repeated') this.#list.add({ kind: 'repeated_event', leaf: index, eventId });
    if (place === 'gap') this.#list.add({ kind: 'missing_event', leaf: index, eventId });
  }

  #checkReceipt({ index, leaf: { eventId }, octets, accounted }: LeafRead): void {
    const { receipts } = this.#check;
    const receipt = this.#receipts.take(eventId, octets);
    if (receipt === 'differs') this.#list.add({ kind: 'receipt_differs', leaf: index, eventId });
    if (receipt !== 'none' || !accounted || !receipts?.complete) return;
    if (receipts.without?.has(parseEventId(eventId)!.producer)) return;
    this.#list.add({ kind: 'leaf_without_receipt', leaf: index, eventId });
  }

  unreadable(message: string): void {
    this.#list.add({ kind: 'unreadable', message });
  }

  verdict(): StatementVerdict {
    const { size, root } = this.#check.head;
    if (this.#tree.size !== size) this.#list.add({ kind: 'size_differs', stated: size, found: this.#tree.size });
    else if (!sameHash(this.#tree.root(), root)) this.#list.add({ kind: 'tree_differs' });
    this.#earlier.end(this.#list);
    for (const eventId of this.#receipts.left()) this.#list.add({ kind: 'receipt_without_leaf', eventId });
    this.#compareTotals();
    return { findings: this.#list.findings, counts: this.#list.counts, leaves: this.#tree.size };
  }

  #compareTotals(): void {
    for (const total of sumTotals(this.#check.statement.totals)) {
      const found = this.#tally.take(total);
      if (found !== total.quantity) this.#list.add({ kind: 'total_differs', total, found });
    }
    for (const rest of this.#tally.rest())
      this.#list.add({ kind: 'total_differs', total: { ...rest, quantity: 0n }, found: rest.quantity });
  }
}

interface LeafRead {
  readonly index: number;
  readonly leaf: UsageLeaf;
  readonly octets: Uint8Array;
  readonly accounted: boolean;
}
