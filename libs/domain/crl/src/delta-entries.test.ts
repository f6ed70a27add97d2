import * as fc from 'fast-check';
import { expect, test } from 'vitest';
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
