import { createTestCa } from '@kakunin/testing/test-ca';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyDelta } from '../apply-delta.ts';
import { compareCrls, type EntryCursor } from '../compare-crls.ts';
import { deltaEntries } from '../delta-entries.ts';
import { MAX_ENTRY_SIZE, writeEntry } from '../encode-entry.ts';
import { encodeCrl } from '../encode-crl.ts';
import type { ListedCertificate } from '../revoked-certificate.ts';
import { compareSerialNumbers } from '../serial-order.ts';
import { inPieces, NOW } from '../testing/craft-crl.ts';
import { CrlStream } from './crl-stream.ts';
import { EntryDecoder } from './entry-decoder.ts';
import { usualEntryEnd } from './usual-entries.ts';

const ca = await createTestCa();

const entries = fc
  .uniqueArray(fc.integer({ min: 1, max: 3_000 }), { maxLength: 300 })
  .map((serials) => serials.sort((one, other) => one - other).map((serial) => entryOf(serial)));

const entryOf = (serial: number, changed = false): ListedCertificate => ({
  serialNumber: Uint8Array.of(1 + (serial >> 8), serial & 0xff),
  revocationDate: NOW - serial * 1_000,
  ...(serial % 3 > 0 && { reason: changed ? 'superseded' : 'keyCompromise' }),
  ...(serial % 17 === 0 && { invalidityDate: NOW }),
});

function octetsOf(entry: ListedCertificate): Buffer {
  const octets = Buffer.alloc(MAX_ENTRY_SIZE);
  return octets.subarray(0, writeEntry(octets, 0, entry));
}

describe('a usual entry', () => {
  const viewOf = ({ buffer, byteOffset, length }: Uint8Array): DataView => new DataView(buffer, byteOffset, length);

  test('whatever octet is changed, is read as the careful way reads it', () => {
    const anyOctet = fc.tuple(fc.integer({ min: 128, max: 3_000 }), fc.nat(40), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(anyOctet, ([serial, at, octet]) => {
        const octets = Buffer.from(octetsOf(entryOf(serial)));
        octets[at % octets.length] = octet;
        const end = usualEntryEnd(viewOf(octets), 0, octets.length);
        if (end < 0) return;
        const careful = new EntryDecoder();
        careful.decode(octets, 2, end);
        expect([careful.facts, end]).toEqual([0, 2 + octets[1]!]);
        expect(careful.entry.reason).not.toBe('removeFromCRL');
      }),
      { numRuns: 20_000 },
    );
  });

  test('is what we write, with or without a reason, and nothing that is cut off', () => {
    for (const serial of [1, 128, 3_000]) {
      const octets = octetsOf(entryOf(serial));
      expect(usualEntryEnd(viewOf(octets), 0, octets.length)).toBe(octets.length);
      for (let end = 0; end < octets.length; end++) expect(usualEntryEnd(viewOf(octets), 0, end)).toBe(-1);
    }
  });

  test.each([
    ['a day that no calendar has', (octets: Buffer) => octets.write('260230', 9)],
    ['an hour that no clock has', (octets: Buffer) => octets.write('24', 15)],
    ['a minute of 60', (octets: Buffer) => octets.write('60', 17)],
    ['a second of 60', (octets: Buffer) => octets.write('60', 19)],
  ])('is none with %s', (_, change) => {
    const octets = Buffer.from(octetsOf({ ...entryOf(1), serialNumber: Uint8Array.of(1, 2, 3) }));
    change(octets);
    expect(usualEntryEnd(viewOf(octets), 0, octets.length)).toBe(-1);
  });
});

async function crlOf(list: readonly ListedCertificate[]): Promise<Buffer> {
  const head = { issuer: ca.certificate.subject, thisUpdate: NOW, nextUpdate: NOW + 1_000, crlNumber: 1n };
  const authorityKeyIdentifier = ca.certificate.subjectKeyIdentifier!;
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeCrl({ ...head, authorityKeyIdentifier, entries: list }, ca.credential.key))
    pieces.push(piece);
  return Buffer.concat(pieces);
}

/** One by one, without the native comparison. */
const slowly = (stream: CrlStream): EntryCursor => ({
  get entry() {
    return stream.entry;
  },
  get inOrder() {
    return stream.inOrder;
  },
  advance: () => stream.advance(),
});

/** A list, and what has become of it. */
const versions = fc
  .tuple(entries, fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 20 }))
  .map(([before, changed]) => {
    const after = new Map(before.map((entry) => [serialOf(entry), entry]));
    for (const serial of changed) {
      const entry = entryOf(serial, true);
      if (serial % 2 === 0) after.delete(serialOf(entry));
      else after.set(serialOf(entry), entry);
    }
    return { before, after: [...after.values()].sort(bySerial) };
  });
/** What the delta before it lists. */
const mentions = fc
  .uniqueArray(fc.integer({ min: 1, max: 3_000 }), { maxLength: 4 })
  .map((serials) => serials.map((serial) => entryOf(serial)).sort(bySerial));
const pieceSizes = fc.integer({ min: 100, max: 9_000 });

test('runs that are alike are counted as one by one, however the octets arrive', async () => {
  await fc.assert(
    fc.asyncProperty(versions, pieceSizes, async ({ before, after }, size) => {
      const [previous, next] = [await crlOf(before), await crlOf(after)];
      const open = (octets: Buffer) => CrlStream.open(inPieces(octets, size));
      const mayDisappear = ({ serialNumber }: ListedCertificate): boolean => serialNumber.at(-1)! % 2 === 0;
      const quick = await open(next);
      const found = await compareCrls({ previous: await open(previous), next: quick, mayDisappear });
      const [one, other] = [slowly(await open(previous)), slowly(await open(next))];
      expect(found).toEqual(await compareCrls({ previous: one, next: other, mayDisappear }));
      const report = await quick.finish();
      expect([report.entries, report.isSignedBy(ca.certificate.publicKey)]).toEqual([after.length, true]);
    }),
    { numRuns: 40 },
  );
});

test('over runs that are alike a delta is found, and applied, as one by one', async () => {
  await fc.assert(
    fc.asyncProperty(versions, mentions, pieceSizes, async (lists, before, size) => {
      const [old, now] = [await crlOf(lists.before), await crlOf(lists.after)];
      const open = (octets: Buffer) => CrlStream.open(inPieces(octets, size));
      const delta = await deltaEntries({ base: await open(old), now: await open(now), before });
      const slow = { base: slowly(await open(old)), now: slowly(await open(now)), before };
      expect(delta).toEqual(await deltaEntries(slow));
      // One that lacks something, too.
      for (const changes of [delta, delta.slice(1)]) {
        const never = { mayDisappear: () => false };
        const previous = applyDelta(await open(old), changes);
        const found = await compareCrls({ previous, next: await open(now), ...never });
        const [one, other] = [applyDelta(slowly(await open(old)), changes), slowly(await open(now))];
        expect(found).toEqual(await compareCrls({ previous: one, next: other, ...never }));
      }
    }),
    { numRuns: 40 },
  );
});

const bySerial = (one: ListedCertificate, other: ListedCertificate): number =>
  compareSerialNumbers(one.serialNumber, other.serialNumber);

const serialOf = ({ serialNumber }: ListedCertificate): string => Buffer.from(serialNumber).toString('hex');

test('entries out of order are noticed within a run, and where runs meet', async () => {
  const list = Array.from({ length: 200 }, (_, at) => entryOf(at * 9 + 129 - ((at * 9 + 129) % 3) + 1));
  for (const at of [1, 50, 199]) {
    const swapped = list.toSpliced(at - 1, 2, list[at]!, list[at - 1]!);
    const octets = await crlOf(swapped);
    for (const size of [octets.length, 700]) {
      const [previous, next] = await Promise.all([0, 1].map(() => CrlStream.open(inPieces(octets, size))));
      await expect(compareCrls({ previous: previous!, next: next!, mayDisappear: () => false })).rejects.toMatchObject({
        code: 'unordered_entries',
      });
    }
  }
});

test('what follows the last element is noticed, wherever pieces end', async () => {
  const octets = await crlOf(Array.from({ length: 100 }, (_, at) => entryOf(at + 1)));
  const pieces = async function* (at: number, behind: number) {
    yield octets.subarray(0, at);
    yield Buffer.concat([octets.subarray(at), Buffer.alloc(behind)]);
  };
  // A piece whose beginning, as far as it is laid behind the one before, is the end of the CRL.
  for (const at of [octets.length - 1_024, octets.length - 10, octets.length - 2_000]) {
    await expect((await CrlStream.open(pieces(at, 1))).finish()).rejects.toMatchObject({ code: 'malformed_crl' });
    await expect((await CrlStream.open(pieces(at, 5_000))).finish()).rejects.toMatchObject({ code: 'malformed_crl' });
    expect((await (await CrlStream.open(pieces(at, 0))).finish()).entries).toBe(100);
  }
});

test('who is not asked who signed it does not say so', async () => {
  const stream = await CrlStream.open(inPieces(await crlOf([entryOf(1)])), { isVerified: false });
  expect((await stream.finish()).isSignedBy(ca.certificate.publicKey)).toBe(false);
});
