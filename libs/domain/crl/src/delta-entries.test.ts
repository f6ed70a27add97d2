import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyDelta } from './apply-delta.ts';
import type { EntryCursor } from './compare-crls.ts';
import { deltaEntries } from './delta-entries.ts';
import { cursorOver } from './entry-cursor.ts';
import type { ListedCertificate, ListedReason } from './revoked-certificate.ts';

const DATE = Date.UTC(2026, 0, 1);

/** Which certificates are revoked, and why. */
type Revoked = ReadonlyMap<number, ListedReason>;
const listOf = (revoked: Revoked): readonly ListedCertificate[] =>
  [...revoked]
    .sort(([one], [other]) => one - other)
    .map(([serial, reason]) => ({ serialNumber: Uint8Array.of(serial), revocationDate: DATE, reason }));

/** What a verifier knows who has the base and applies the delta (RFC 5280, 5.2.4). */
function applied(base: Revoked, delta: readonly ListedCertificate[]): Revoked {
  const known = new Map(base);
  for (const { serialNumber, reason } of delta) {
    if (reason === 'removeFromCRL') known.delete(serialNumber[0]!);
    else known.set(serialNumber[0]!, reason!);
  }
  return known;
}

const anyRevoked = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 0x7f }), fc.constantFrom<ListedReason>('certificateHold', 'keyCompromise')))
  .map((entries) => new Map(entries));

test('a base and its delta say what a complete CRL would, and the delta says nothing twice', async () => {
  await fc.assert(
    fc.asyncProperty(anyRevoked, anyRevoked, async (base, now) => {
      const delta = await deltaEntries({ base: cursorOver(listOf(base)), now: cursorOver(listOf(now)) });
      expect(applied(base, delta)).toEqual(now);
      const differing = [...new Set([...base.keys(), ...now.keys()])].filter(
        (serial) => base.get(serial) !== now.get(serial),
      );
      expect(delta.map(({ serialNumber }) => serialNumber[0])).toEqual(differing.sort((one, other) => one - other));
    }),
  );
});

async function read(cursor: EntryCursor): Promise<readonly ListedCertificate[]> {
  const entries: ListedCertificate[] = [];
  while (await cursor.advance()) entries.push({ ...cursor.entry });
  return entries;
}

/** As one that reads from a disk: now and then the answer takes its time. */
const slow = (cursor: EntryCursor): EntryCursor => {
  let turn = 0;
  return {
    get entry() {
      return cursor.entry;
    },
    get inOrder() {
      return cursor.inOrder;
    },
    advance: () => (turn++ % 2 === 0 ? cursor.advance() : Promise.resolve(cursor.advance())),
  };
};

test('a base with its delta applied lists what a complete CRL would, entry by entry', async () => {
  await fc.assert(
    fc.asyncProperty(anyRevoked, anyRevoked, async (base, now) => {
      const delta = await deltaEntries({ base: cursorOver(listOf(base)), now: cursorOver(listOf(now)) });
      expect(await read(applyDelta(slow(cursorOver(listOf(base))), delta))).toMatchObject(listOf(now));
    }),
  );
});

test('a delta also serves who holds any complete CRL since its base', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyRevoked, { minLength: 2, maxLength: 5 }), async ([base, ...states]) => {
      let before: readonly ListedCertificate[] = [];
      for (const [at, now] of states.entries()) {
        before = await deltaEntries({ base: cursorOver(listOf(base!)), now: cursorOver(listOf(now)), before });
        for (const held of [base!, ...states.slice(0, at)])
          expect(await read(applyDelta(cursorOver(listOf(held)), before))).toMatchObject(listOf(now));
      }
    }),
  );
});

test('a hold that came and went since the base is taken back', async () => {
  const [nothing, held] = [new Map(), new Map<number, ListedReason>([[7, 'certificateHold']])];
  const delta = (now: Revoked, before?: readonly ListedCertificate[]) =>
    deltaEntries({ base: cursorOver(listOf(nothing)), now: cursorOver(listOf(now)), ...(before && { before }) });
  expect(await delta(nothing, await delta(held))).toMatchObject([{ reason: 'removeFromCRL' }]);
});

test('lists in another order are refused', async () => {
  const [one, other] = listOf(
    new Map([
      [1, 'keyCompromise'],
      [2, 'keyCompromise'],
    ]),
  );
  const [wrong, right] = [
    [other!, one!],
    [one!, other!],
  ];
  await expect(deltaEntries({ base: cursorOver(wrong), now: cursorOver(right) })).rejects.toMatchObject({
    code: 'unordered_entries',
  });
  await expect(deltaEntries({ base: cursorOver(right), now: cursorOver(wrong) })).rejects.toMatchObject({
    code: 'unordered_entries',
  });
});
