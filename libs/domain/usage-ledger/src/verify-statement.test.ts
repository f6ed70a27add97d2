import { billingPeriodOf } from '@kakunin/calendar';
import type { BillingPeriod } from '@kakunin/calendar';
import { OUTCOMES } from '@kakunin/usage';
import type { UsageSegment } from '@kakunin/usage';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TreeHead } from './checkpoint.ts';
import { LedgerReader } from './ledger-reader.ts';
import { LedgerWriter } from './ledger-writer.ts';
import { recordHashOf } from './receipt.ts';
import type { UsageReceipt } from './receipt.ts';
import { FINDINGS_KEPT } from './statement-finding.ts';
import type { StatementFinding } from './statement-finding.ts';
import { canonicalUsageLeaf, parseUsageLeaf } from './usage-leaf.ts';
import type { UsageTotal } from './usage-total.ts';
import { verifyStatement } from './verify-statement.ts';
import type { StatementCheck } from './verify-statement.ts';
import { OPERATOR, signer } from './testing/keys.ts';
import { MemoryLedgerStore } from './testing/memory-ledger-store.ts';
import { CUSTOMER, OCTOBER, PRODUCER, usageSegment } from './testing/usage.ts';

const PERIOD = '2026-10' as BillingPeriod;
const CHARGEABLE = ['good', 'revoked'] as const;
const DECEMBER = Date.UTC(2026, 11, 5);

/** A ledger of segments, one append each. */
async function ledgerOf(segments: readonly UsageSegment[]): Promise<{ store: MemoryLedgerStore; heads: TreeHead[] }> {
  const store = new MemoryLedgerStore();
  const writer = new LedgerWriter({ operator: OPERATOR, customer: CUSTOMER, store, signers: [signer()] });
  const heads: TreeHead[] = [];
  for (const segment of segments) heads.push(await writer.append([segment]));
  return { store, heads };
}

/** What an honest meter writes on the statement. */
const totalsOf = (segments: readonly UsageSegment[]): UsageTotal[] =>
  segments
    .flatMap(({ events }) => events)
    .filter(({ outcome }) => outcome !== 'unknown')
    .map(({ serviceProvider, time }) => ({ period: billingPeriodOf(time), serviceProvider, quantity: 1n }));

const SEGMENTS = [usageSegment(1, 300), usageSegment(2, 250), usageSegment(3, 60)];
const SIZE = 610;
let store: MemoryLedgerStore;
let heads: TreeHead[];
let leaves: Uint8Array[];
let receipts: UsageReceipt[];
let honest: StatementCheck & { readonly bundles: readonly Uint8Array[][] };

beforeAll(async () => {
  ({ store, heads } = await ledgerOf(SEGMENTS));
  const reader = await LedgerReader.open(store, heads[2]!);
  leaves = [];
  for await (const bundle of reader.bundles()) leaves.push(...bundle);
  receipts = leaves.map((leaf) => ({ eventId: parseUsageLeaf(leaf)!.eventId, recordHash: recordHashOf(leaf) }));
  honest = {
    head: heads[2]!,
    bundles: [leaves],
    statement: { period: PERIOD, head: heads[2]!, totals: totalsOf(SEGMENTS), outcomes: CHARGEABLE },
    earlier: heads,
    receipts: { kept: receipts, complete: true },
  };
});

const findingsOf = async (change: Partial<StatementCheck>): Promise<readonly StatementFinding[]> =>
  (await verifyStatement({ ...honest, ...change })).findings;
const kindsOf = async (change: Partial<StatementCheck>): Promise<string[]> =>
  [...new Set((await findingsOf(change)).map(({ kind }) => kind))].toSorted();

/** The leaves with leaf `index` as `change` makes it; none: without it. */
const withLeaf = (index: number, ...change: Uint8Array[]): Uint8Array[][] => [leaves.toSpliced(index, 1, ...change)];
const changed = (index: number, change: object): Uint8Array =>
  canonicalUsageLeaf({ ...parseUsageLeaf(leaves[index]!)!, ...change });
/** A definite answer: what is charged for. */
const isCharged = (leaf: Uint8Array): boolean => parseUsageLeaf(leaf)!.outcome !== 'unknown';
const chargedAt = (from: number): number => leaves.findIndex((leaf, index) => index >= from && isCharged(leaf));

describe('an honest statement', () => {
  it('has no findings', async () => {
    const reader = await LedgerReader.open(store, heads[2]!);
    const verdict = await verifyStatement({ ...honest, bundles: reader.bundles() });
    expect(verdict).toEqual({ findings: [], counts: new Map(), leaves: SIZE });
  });

  it('that goes on from the one before accounts for the leaves since', async () => {
    const previous = { period: PERIOD, size: 300 };
    const statement = { ...honest.statement, previous, totals: totalsOf(SEGMENTS.slice(1)) };
    expect(await findingsOf({ statement, receipts: { kept: receipts.slice(300), complete: true } })).toEqual([]);
  });

  it('is right still when the ledger has grown since', async () => {
    const statement = { ...honest.statement, head: heads[1]!, totals: totalsOf(SEGMENTS.slice(0, 2)) };
    expect(await findingsOf({ statement })).toEqual([]);
  });

  it('may count outcomes that cost nothing', async () => {
    const answered = SEGMENTS.map((segment) => ({
      ...segment,
      events: segment.events.map((event) => ({ ...event, outcome: 'good' as const })),
    }));
    const statement = { ...honest.statement, totals: totalsOf(answered), outcomes: OUTCOMES };
    expect(await findingsOf({ statement })).toEqual([]);
  });

  it('needs no receipts of what the customer reported itself', async () => {
    const without = new Set([PRODUCER]);
    expect(await findingsOf({ receipts: { kept: [], complete: true, without } })).toEqual([]);
  });

  it('shows what it accounts for, for whoever prices it', async () => {
    const seen: number[] = [];
    const previous = { period: PERIOD, size: 300 };
    const statement = { ...honest.statement, previous, totals: totalsOf(SEGMENTS.slice(1)) };
    await findingsOf({ statement, watch: (_leaf, { index, accounted }) => accounted && seen.push(index) });
    expect(seen).toEqual(leaves.flatMap((leaf, index) => (index >= 300 && isCharged(leaf) ? [index] : [])));
  });
});

describe('the month after, with late usage and with usage of the month after that', () => {
  const NOVEMBER = '2026-11' as BillingPeriod;
  const midnight = OCTOBER + 1000;
  const at = (sequence: number, time: number): UsageSegment =>
    usageSegment(sequence, 1, { time, outcome: 'good', serviceProvider: 'sp' });
  // October, and a first one of November that was there when October was closed; then late October, November, December.
  const segments = [at(1, midnight - 1), at(2, midnight), at(3, OCTOBER), at(4, midnight + 5), at(5, DECEMBER)];
  const monthly = (statement: Pick<StatementCheck['statement'], 'period' | 'previous'>, size: number, own: number[]) =>
    ledgerOf(segments).then(async (ledger) => {
      const head = ledger.heads[4]!;
      const reader = await LedgerReader.open(ledger.store, head);
      const totals = totalsOf(own.map((index) => segments[index]!));
      const closed = { ...statement, head: ledger.heads[size - 1]!, totals, outcomes: CHARGEABLE };
      return (await verifyStatement({ head, bundles: reader.bundles(), statement: closed })).findings;
    });

  it('accounts for each leaf once', async () => {
    expect(await monthly({ period: PERIOD }, 2, [0])).toEqual([]);
    expect(await monthly({ period: NOVEMBER, previous: { period: PERIOD, size: 2 } }, 5, [1, 2, 3])).toEqual([]);
  });

  it('does not charge October again, nor leave its first of November out', async () => {
    const november = { period: NOVEMBER, previous: { period: PERIOD, size: 2 } };
    expect(await monthly(november, 5, [0, 1, 2, 3])).toMatchObject([
      { kind: 'total_differs', total: { period: PERIOD, quantity: 2n }, found: 1n },
    ]);
    expect(await monthly(november, 5, [2, 3])).toMatchObject([
      { kind: 'total_differs', total: { period: NOVEMBER, quantity: 1n }, found: 2n },
    ]);
  });
});

describe('it is found', () => {
  it('that a charge was never made: it has no leaf', async () => {
    const [first, ...others] = honest.statement.totals;
    const totals = [first!, first!, ...others];
    const findings = await findingsOf({ statement: { ...honest.statement, totals } });
    expect(findings).toMatchObject([{ kind: 'total_differs', total: { serviceProvider: first!.serviceProvider } }]);
    const [{ total, found }] = findings as [StatementFinding & { kind: 'total_differs' }];
    expect(total.quantity - found).toBe(1n);
  });

  it('that a charge was never made: its leaf has no receipt', async () => {
    const kept = receipts.toSpliced(chargedAt(100), 1);
    const eventId = receipts[chargedAt(100)]!.eventId;
    expect(await findingsOf({ receipts: { kept, complete: true } })).toEqual([
      { kind: 'leaf_without_receipt', leaf: chargedAt(100), eventId },
    ]);
    expect(await findingsOf({ receipts: { kept, complete: false } })).toEqual([]);
  });

  it('that usage is missing from the statement', async () => {
    const nobody = { ...honest.statement, totals: [] };
    const findings = await findingsOf({ statement: nobody });
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['total_differs']));
    const found = findings.reduce((sum, finding) => sum + (finding.kind === 'total_differs' ? finding.found : 0n), 0n);
    expect(found).toBe(BigInt(honest.statement.totals.length));
  });

  it('that a leaf was changed in the files', async () => {
    const index = chargedAt(400);
    const bundles = withLeaf(index, changed(index, { time: OCTOBER - 1_000_000 }));
    expect(await kindsOf({ bundles })).toEqual([
      'receipt_differs',
      'rewritten',
      'statement_tree_differs',
      'tree_differs',
    ]);
  });

  it('that the tree was made anew with a changed leaf, by the checkpoints that were kept', async () => {
    const events = SEGMENTS[0]!.events.with(7, { ...SEGMENTS[0]!.events[7]!, authorityId: 'signature-g2' });
    const forged = await ledgerOf([{ ...SEGMENTS[0]!, events }, ...SEGMENTS.slice(1)]);
    const reader = await LedgerReader.open(forged.store, forged.heads[2]!);
    const { eventId } = receipts[7]!;
    expect(await findingsOf({ head: forged.heads[2]!, bundles: reader.bundles() })).toEqual([
      { kind: 'receipt_differs', leaf: 7, eventId },
      ...[300, 550, 610].map((earlierSize) => ({ kind: 'rewritten', earlierSize })),
      { kind: 'statement_tree_differs', size: 610 },
    ]);
  });

  it('that the tree is smaller than a checkpoint that was kept', async () => {
    const shorter = { head: heads[1]!, bundles: [leaves.slice(0, 550)] };
    const statement = { ...honest.statement, head: heads[1]!, totals: totalsOf(SEGMENTS.slice(0, 2)) };
    expect(
      await findingsOf({ ...shorter, statement, receipts: { kept: receipts.slice(0, 550), complete: true } }),
    ).toEqual([{ kind: 'rewritten', earlierSize: 610 }]);
  });

  it('that a leaf was lost from the files', async () => {
    const index = chargedAt(100);
    expect(await kindsOf({ bundles: withLeaf(index) })).toEqual([
      'missing_event',
      'receipt_without_leaf',
      'rewritten',
      'size_differs',
      'statement_tree_differs',
      'total_differs',
    ]);
  });

  it('that an answered check has no leaf, by its receipt', async () => {
    const lost = { eventId: `${'e'.repeat(32)}/9/0`, recordHash: recordHashOf(leaves[0]!) };
    expect(await findingsOf({ receipts: { kept: [...receipts, lost], complete: true } })).toEqual([
      { kind: 'receipt_without_leaf', eventId: lost.eventId },
    ]);
  });

  it('that an event is there twice, next to itself or far away', async () => {
    const index = chargedAt(20);
    const { eventId } = receipts[index]!;
    for (const at of [index + 1, 400, 609]) {
      const findings = await findingsOf({ bundles: [leaves.toSpliced(at, 0, leaves[index]!)] });
      expect(findings).toContainEqual({ kind: 'repeated_event', leaf: at, eventId });
      expect(findings).toContainEqual(expect.objectContaining({ kind: 'total_differs' }));
    }
  });

  it('that a leaf is no usage record', async () => {
    const findings = await findingsOf({ bundles: withLeaf(5, Buffer.from('{}')) });
    expect(findings).toContainEqual({ kind: 'malformed_leaf', leaf: 5 });
  });

  it('that files of the ledger are not what its checkpoint says', async () => {
    const bundle = Buffer.from(store.files.get('tile/entries/001')!);
    bundle[9]! ^= 1;
    const files = {
      read: (path: string) => (path === 'tile/entries/001' ? Promise.resolve(bundle) : store.read(path)),
    };
    const reader = await LedgerReader.open(files, heads[2]!);
    const findings = await findingsOf({ bundles: reader.bundles(), earlier: [] });
    expect(findings).toContainEqual({ kind: 'unreadable', message: expect.stringContaining('tile/entries/001') });
    expect(findings).toContainEqual({ kind: 'size_differs', stated: 610, found: 256 });
  });
});

it('findings beyond a thousand of a kind are counted alone', async () => {
  const count = FINDINGS_KEPT + 10;
  const bundles = [Array.from({ length: count }, () => Buffer.from('?'))];
  const { findings, counts } = await verifyStatement({ ...honest, bundles, receipts: { kept: [], complete: true } });
  expect(counts.get('malformed_leaf')).toBe(count);
  expect(findings.filter(({ kind }) => kind === 'malformed_leaf').length).toBe(FINDINGS_KEPT);
});

it('what the network throws is thrown on', async () => {
  const away = new Error('away');
  const bundles = {
    // oxlint-disable-next-line require-yield
    async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array[]> {
      throw away;
    },
  };
  await expect(verifyStatement({ ...honest, bundles })).rejects.toBe(away);
});
