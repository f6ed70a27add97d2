import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareCrls, type EntryCursor } from './compare-crls.ts';
import type { ListedCertificate } from './revoked-certificate.ts';
import { compareSerialNumbers } from './serial-order.ts';

const DATE = Date.UTC(2026, 0, 1);
const entry = (serial: number, rest: Partial<ListedCertificate> = {}): ListedCertificate => ({
  serialNumber: serial < 0x80 ? Uint8Array.of(serial) : Uint8Array.of(0, serial),
  revocationDate: DATE,
  ...rest,
});

/** Answers at once or later, in turns, as a stream does at the end of a piece. */
function cursorOf(entries: readonly ListedCertificate[]): EntryCursor {
  let at = -1;
  return {
    get entry() {
      return entries[at]!;
    },
    get inOrder() {
      return entries.every(
        (each, index) => index === 0 || compareSerialNumbers(entries[index - 1]!.serialNumber, each.serialNumber) < 0,
      );
    },
    advance() {
      at += 1;
      const more = at < entries.length;
      return at % 2 === 0 ? more : Promise.resolve(more);
    },
  };
}

const compare = (
  previous: readonly ListedCertificate[],
  next: readonly ListedCertificate[],
  mayDisappear: (entry: ListedCertificate) => boolean = () => false,
) => compareCrls({ previous: cursorOf(previous), next: cursorOf(next), mayDisappear });

test('a comparison finds what disappeared without a reason', async () => {
  const [held, expired, kept, lost] = [entry(1, { reason: 'certificateHold' }), entry(2), entry(3), entry(4)];
  const mayDisappear = ({ reason, serialNumber }: ListedCertificate) =>
    reason === 'certificateHold' || serialNumber[0] === 2;
  expect(await compare([held, expired, kept, lost], [kept, entry(5), entry(0x90)], mayDisappear)).toEqual({
    disappeared: 1,
    left: 2,
    kept: 1,
    changed: 0,
    added: 2,
  });
});

test.each<[string, Partial<ListedCertificate>]>([
  ['reason', { reason: 'keyCompromise' }],
  ['date', { revocationDate: DATE + 1_000 }],
  ['invalidity date', { invalidityDate: DATE }],
])('an entry with another %s is one that changed', async (_, over) => {
  expect(await compare([entry(1)], [entry(1, over)])).toMatchObject({ kept: 1, changed: 1 });
});

test('a reason left out is `unspecified`', async () => {
  expect(await compare([entry(1)], [entry(1, { reason: 'unspecified' })])).toMatchObject({ changed: 0 });
});

test('it counts as sets do', async () => {
  const serials = fc
    .uniqueArray(fc.integer({ min: 1, max: 255 }), { maxLength: 40 })
    .map((all) => all.sort((a, b) => a - b));
  await fc.assert(
    fc.asyncProperty(serials, serials, async (before, after) => {
      const found = await compare(
        before.map((serial) => entry(serial)),
        after.map((serial) => entry(serial)),
      );
      const both = before.filter((serial) => after.includes(serial)).length;
      expect(found).toEqual({
        disappeared: before.length - both,
        left: 0,
        kept: both,
        changed: 0,
        added: after.length - both,
      });
    }),
  );
});

test('it refuses CRLs in another order', async () => {
  const wrong = [entry(2), entry(1)];
  await expect(compare(wrong, [])).rejects.toMatchObject({ code: 'unordered_entries' });
  await expect(compare([], wrong)).rejects.toMatchObject({ code: 'unordered_entries' });
  await expect(compare([], [entry(1), entry(1)])).rejects.toMatchObject({ code: 'unordered_entries' });
});
