import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendEntry, type AuditHead, type ChainedEntry, EMPTY_CHAIN, headOf, verifyChain } from './audit-chain.ts';
import { type AuditDraft, auditEntrySchema } from './audit-entry.ts';
import { auditDraft } from './testing/entries.ts';

const broken = expect.objectContaining({ code: 'chain_broken' });

function chainOf(drafts: readonly AuditDraft[]): readonly ChainedEntry[] {
  let head: AuditHead = EMPTY_CHAIN;
  return drafts.map((draft) => {
    const chained = appendEntry(head, draft);
    head = headOf(chained);
    return chained;
  });
}
const chain = fc.array(auditDraft, { minLength: 2, maxLength: 12 }).map(chainOf);

describe('a chain', () => {
  it('stays what it is: heads that somebody kept rely on it', () => {
    const [one] = chainOf([{ at: 1, caller: 'pf-a', action: 'identification', purpose: 'login', outcome: 'granted' }]);
    // Computed outside this code, with Python's struct and hashlib.
    expect(Buffer.from(one!.hash).toString('hex')).toBe(
      '04168f1aa4ed5d24109684977e99ad6359419d8ece921878489fb43352c91108',
    );
  });

  it('is verified in one go or from any head that was kept', () => {
    fc.assert(
      fc.property(chain, fc.nat(), (entries, cut) => {
        const at = cut % entries.length;
        const head = verifyChain(EMPTY_CHAIN, entries);
        expect(head).toEqual(headOf(entries.at(-1)!));
        expect(verifyChain(verifyChain(EMPTY_CHAIN, entries.slice(0, at)), entries.slice(at))).toEqual(head);
        expect(entries.every(({ entry }) => auditEntrySchema.safeParse(entry).success)).toBe(true);
      }),
    );
  });

  it('breaks when an entry is changed, left out, doubled or moved', () => {
    fc.assert(
      fc.property(chain, fc.nat(), auditDraft, (entries, some, draft) => {
        const at = some % entries.length;
        const { entry, hash } = entries[at]!;
        const changed = { ...draft, sequence: entry.sequence };
        const same = JSON.stringify(Object.entries(changed).sort()) === JSON.stringify(Object.entries(entry).sort());
        if (!same) expect(() => verifyChain(EMPTY_CHAIN, entries.with(at, { entry: changed, hash }))).toThrow(broken);
        expect(() => verifyChain(EMPTY_CHAIN, entries.toSpliced(at, 0, entries[at]!))).toThrow(broken);
        if (at < entries.length - 1) {
          expect(() => verifyChain(EMPTY_CHAIN, entries.toSpliced(at, 1))).toThrow(broken);
          const swapped = entries.with(at, entries[at + 1]!).with(at + 1, entries[at]!);
          expect(() => verifyChain(EMPTY_CHAIN, swapped)).toThrow(broken);
        }
      }),
    );
  });

  it('has no gap, even if its hashes were made to fit', () => {
    fc.assert(
      fc.property(auditDraft, fc.integer({ min: 1, max: 9 }), (draft, size) => {
        expect(() => verifyChain(EMPTY_CHAIN, [appendEntry({ ...EMPTY_CHAIN, size }, draft)])).toThrow(broken);
      }),
    );
  });

  it('that was written anew from some entry on ends in another head', () => {
    fc.assert(
      fc.property(chain, (entries) => {
        const drafts = entries.map(({ entry }) => entry);
        const forged = chainOf(drafts.with(0, { ...drafts[0]!, at: drafts[0]!.at + 1 }));
        expect(verifyChain(EMPTY_CHAIN, forged).hash).not.toEqual(headOf(entries.at(-1)!).hash);
      }),
    );
  });
});

it('an entry has no room for a name of the holder', () => {
  const [{ entry }] = chainOf([
    { at: 1, caller: 'pf-a', action: 'identification', purpose: 'login', outcome: 'granted' },
  ]) as [ChainedEntry];
  for (const more of [
    { ppid: 'x' },
    { serialNumber: '1' },
    { purpose: 'Ask about 14ED7T39Z3EZ' },
    { holderTag: 'x' },
  ]) {
    expect(auditEntrySchema.safeParse({ ...entry, ...more }).success).toBe(false);
  }
});
