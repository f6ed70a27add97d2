import { REVOCATION_REASONS, type RevocationReason } from '@kakunin/certificates';
import { createTestCa } from '@kakunin/testing/test-ca';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeCrl } from './encode-crl.ts';
import type { BatchedEntries, EntryBatch } from './entry-batch.ts';
import type { ListedCertificate, RevokedCertificate } from './revoked-certificate.ts';

const ca = await createTestCa({ keyType: 'rsa' });
const STRIDE = 24;

const instant = (from: number, to: number): fc.Arbitrary<number> =>
  fc.integer({ min: from / 1000, max: to / 1000 - 1 }).map((second) => second * 1000);
const entry: fc.Arbitrary<RevokedCertificate> = fc.record({
  serialNumber: fc
    .tuple(fc.integer({ min: 1, max: 127 }), fc.uint8Array({ maxLength: 20 }))
    .map(([first, rest]) => Uint8Array.of(first, ...rest)),
  revocationDate: fc.oneof(
    { weight: 5, arbitrary: instant(Date.UTC(1950, 0), Date.UTC(2050, 0)) },
    { weight: 1, arbitrary: instant(Date.UTC(2050, 0), Date.UTC(9999, 0)) },
  ),
  reason: fc.constantFrom(...(Object.keys(REVOCATION_REASONS) as RevocationReason[])),
  invalidityDate: fc.option(instant(0, Date.UTC(2100, 0)), { nil: undefined, freq: 8 }),
});

function batchOf(entries: readonly RevokedCertificate[]): EntryBatch {
  const serials = Buffer.alloc(entries.length * STRIDE);
  entries.forEach(({ serialNumber }, index) => serials.set(serialNumber, index * STRIDE));
  return {
    count: entries.length,
    serialNumbers: new DataView(serials.buffer, serials.byteOffset, serials.length),
    serialStride: STRIDE,
    serialSizes: Uint8Array.from(entries, ({ serialNumber }) => serialNumber.length),
    revocationDates: Float64Array.from(entries, ({ revocationDate }) => revocationDate),
    reasons: Uint8Array.from(entries, ({ reason }) => REVOCATION_REASONS[reason!]),
    invalidityDates: Float64Array.from(entries, ({ invalidityDate }) => invalidityDate ?? NaN),
  };
}

async function crlOf(entries: Iterable<ListedCertificate>): Promise<Buffer> {
  const list = {
    issuer: ca.certificate.subject,
    thisUpdate: 0,
    nextUpdate: 1_000,
    crlNumber: 1n,
    authorityKeyIdentifier: ca.certificate.subjectKeyIdentifier!,
    entries,
  };
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeCrl(list, ca.credential.key)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('entries in batches are written as one by one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(entry, { minLength: 1, maxLength: 40 }), { maxLength: 4 }), async (batches) => {
      const all = batches.flat();
      const batched: BatchedEntries = { batches: () => batches.map(batchOf), [Symbol.iterator]: () => all.values() };
      expect((await crlOf(batched)).equals(await crlOf(all))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('a batch that is larger than a piece goes into several', async () => {
  const all = fc.sample(entry, { numRuns: 4_000, seed: 4 });
  const batched: BatchedEntries = { batches: () => [batchOf(all)], [Symbol.iterator]: () => all.values() };
  expect((await crlOf(batched)).equals(await crlOf(all))).toBe(true);
});
