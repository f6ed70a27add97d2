import { encodeCrl, parseCrl, type RevokedCertificate } from '@kakunin/crl';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import { serialNumberOctets } from '@kakunin/x509';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { CrlIndex } from './crl-index.ts';

const NOW = Date.UTC(2026, 10, 22);
let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

async function indexOf(entries: readonly RevokedCertificate[]): Promise<CrlIndex> {
  const list = { issuer: ca.certificate.subject, thisUpdate: NOW, nextUpdate: NOW + 1_000, crlNumber: 1n };
  const authorityKeyIdentifier = ca.certificate.subjectKeyIdentifier!;
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeCrl({ ...list, authorityKeyIdentifier, entries }, ca.credential.key))
    chunks.push(chunk);
  return CrlIndex.of(parseCrl(Buffer.concat(chunks)).revokedCertificates);
}

const entry = (serialNumber: bigint): RevokedCertificate => ({
  serialNumber: serialNumberOctets(serialNumber.toString(16)),
  revocationDate: NOW,
  reason: serialNumber % 2n ? 'keyCompromise' : undefined,
  invalidityDate: serialNumber % 3n ? NOW : undefined,
});

test('what is in the list is found with its entry, and nothing else', async () => {
  const serials = fc.uniqueArray(fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: 2n ** 159n })));
  await fc.assert(
    fc.asyncProperty(serials, serials, async (revoked, others) => {
      const index = await indexOf(revoked.map(entry));
      for (const serial of revoked) expect(index.find(entry(serial).serialNumber)).toEqual(entry(serial));
      for (const serial of others.filter((each) => !revoked.includes(each)))
        expect(index.find(entry(serial).serialNumber)).toBeUndefined();
    }),
    { numRuns: 100 },
  );
});

test('many entries: none is lost, and others have their turn meanwhile', async () => {
  const entries = Array.from({ length: 10_000 }, (_, n) => entry(BigInt(n * 7)));
  let turns = 0;
  const ticking = setInterval(() => (turns += 1));
  const index = await indexOf(entries);
  clearInterval(ticking);
  const found = entries.filter(({ serialNumber }) => index.find(serialNumber) !== undefined);
  expect(found).toHaveLength(entries.length);
  expect(index.find(entry(1n).serialNumber)).toBeUndefined();
  expect(turns).toBeGreaterThan(0);
});

test('an entry that is malformed is noticed', async () => {
  await expect(CrlIndex.of(new Uint8Array([0x30, 3, 2, 1]))).rejects.toMatchObject({ code: 'malformed_der' });
  await expect(CrlIndex.of(new Uint8Array([0x30, 0]))).rejects.toMatchObject({ code: 'malformed_der' });
});
