import { REVOCATION_REASONS } from '@kakunin/certificates';
import { createTestCa, type TestCa, type TestKeyType } from '@kakunin/testing/test-ca';
import { serialNumberOctets } from '@kakunin/x509';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { deltaCrlIndicator, issuingDistributionPoint } from '../crl-extensions.ts';
import { encodeCrl, type TbsCertList } from '../encode-crl.ts';
import type { ListedCertificate, ListedReason } from '../revoked-certificate.ts';
import { craftCrl, craftEntry, inPieces, NOW } from '../testing/craft-crl.ts';
import { type ExpectedScope, refusalOf } from '../verify-report.ts';
import { CrlStream } from './crl-stream.ts';

const HOUR = 3_600_000;
let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa({ notBefore: NOW, notAfter: NOW + 1000 * HOUR });
});

async function crlOf(
  entries: Iterable<ListedCertificate>,
  rest: Partial<TbsCertList> = {},
  signer = ca,
): Promise<Buffer> {
  const list: TbsCertList = {
    issuer: ca.certificate.subject,
    thisUpdate: NOW,
    nextUpdate: NOW + 24 * HOUR,
    crlNumber: 42n,
    authorityKeyIdentifier: ca.certificate.subjectKeyIdentifier!,
    entries,
    ...rest,
  };
  const pieces: Uint8Array[] = [];
  for await (const piece of encodeCrl(list, signer.credential.key)) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function entriesOf(stream: CrlStream): Promise<readonly ListedCertificate[]> {
  const entries: ListedCertificate[] = [];
  while (await stream.advance())
    entries.push({ ...stream.entry, serialNumber: Uint8Array.from(stream.entry.serialNumber) });
  return entries;
}

const second = fc.integer({ min: 0, max: Date.UTC(2099, 0) / 1000 }).map((value) => value * 1000);
const reasons = [...Object.keys(REVOCATION_REASONS), 'removeFromCRL'] as ListedReason[];
const anyEntry: fc.Arbitrary<ListedCertificate> = fc.record({
  serialNumber: fc
    .bigInt({ min: 0n, max: 2n ** 160n - 1n })
    .map((value) => Uint8Array.from(serialNumberOctets(value.toString(16)))),
  revocationDate: second,
  reason: fc.constantFrom(undefined, ...reasons.filter((reason) => reason !== 'unspecified')),
  invalidityDate: fc.option(second, { nil: undefined }),
});

test('what was written is read, in pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEntry, { maxLength: 20 }), fc.integer({ min: 1, max: 300 }), async (entries, size) => {
      const der = await crlOf(entries);
      const stream = await CrlStream.open(inPieces(der, size));
      expect(await entriesOf(stream)).toEqual(entries);
      const report = await stream.finish();
      expect(report).toMatchObject({ entries: entries.length, size: der.length, version: 1 });
      expect(report.isSignedBy(ca.certificate.publicKey)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('finish reads over what is left', async () => {
  const der = await crlOf(
    Array.from({ length: 3000 }, (_, index) => ({
      serialNumber: serialNumberOctets((index + 1).toString(16)),
      revocationDate: NOW,
    })),
  );
  const stream = await CrlStream.open(inPieces(der, 64 * 1024));
  expect(await stream.advance()).toBe(true);
  expect(await stream.finish()).toMatchObject({ entries: 3000 });
  expect(stream.inOrder).toBe(true);
});

test('whoever stops early closes the source', async () => {
  const der = await crlOf([]);
  let isClosed = false;
  async function* source() {
    try {
      yield* inPieces(der, 200);
    } finally {
      isClosed = true;
    }
  }
  const stream = await CrlStream.open(source());
  await stream.close();
  expect(isClosed).toBe(true);
});

test('a damaged CRL is refused or malformed, and nothing else is thrown', async () => {
  const details = { revocationDate: NOW, reason: 'superseded', invalidityDate: NOW } as const;
  const der = await crlOf([
    { serialNumber: Uint8Array.of(1), ...details },
    { serialNumber: Uint8Array.of(2), revocationDate: NOW },
  ]);
  const damage = fc.tuple(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), fc.integer({ min: 1, max: 400 }));
  await fc.assert(
    fc.asyncProperty(damage, async ([index, flip, size]) => {
      const damaged = Buffer.from(der);
      damaged[index]! ^= flip;
      const outcome = await CrlStream.open(inPieces(damaged, size))
        .then((stream) => stream.finish())
        .then((report) => refusalOf(report, { authority: ca.certificate, now: NOW }))
        .catch((error: { code?: string }) => error.code ?? error);
      expect(outcome).toBeTypeOf('string');
    }),
    { numRuns: 1_000 },
  );
});

test.each([0, 1, 2, 100, -1, -60])('one cut short after %i octets is malformed', async (length) => {
  const der = (await crlOf([])).subarray(0, length);
  await expect(CrlStream.open(inPieces(der)).then((stream) => stream.finish())).rejects.toMatchObject({
    code: 'malformed_crl',
  });
});

test('one that goes on after its end is malformed', async () => {
  const der = Buffer.concat([await crlOf([]), Uint8Array.of(0)]);
  await expect(CrlStream.open(inPieces(der)).then((stream) => stream.finish())).rejects.toMatchObject({
    code: 'malformed_crl',
  });
});

test('an entry too long to be one is malformed, and not waited for', async () => {
  const der = await craftCrl(ca, { entries: [craftEntry(new Uint8Array(2_000_000).fill(1))] });
  const stream = await CrlStream.open(inPieces(der, 1000));
  await expect(stream.finish()).rejects.toMatchObject({ code: 'malformed_crl' });
});

describe('a CRL is relied upon', () => {
  const refusal = async (der: Uint8Array, over: Partial<ExpectedScope> = {}) =>
    refusalOf(await (await CrlStream.open(inPieces(der))).finish(), { authority: ca.certificate, now: NOW, ...over });

  test.each<TestKeyType>(['rsa', 'p256', 'p384', 'ed25519'])('signed with %s', async (keyType) => {
    const signer = await createTestCa({ keyType });
    const { subject: issuer, subjectKeyIdentifier } = signer.certificate;
    const der = await crlOf([], { issuer, authorityKeyIdentifier: subjectKeyIdentifier! }, signer);
    expect(await refusal(der, { authority: signer.certificate })).toBeUndefined();
    const namesake = await createTestCa({ keyType });
    const stranger = await crlOf([], { issuer, authorityKeyIdentifier: subjectKeyIdentifier! }, namesake);
    expect(await refusal(stranger, { authority: signer.certificate })).toBe('wrong_signature');
    expect(await refusal(der, { authority: namesake.certificate })).toBe('other_key');
  });

  test('within its time', async () => {
    const der = await crlOf([]);
    const at = (now: number) => refusal(der, { now });
    expect(await at(NOW - 1)).toBe('from_the_future');
    expect(await at(NOW + 24 * HOUR)).toBeUndefined();
    expect(await at(NOW + 24 * HOUR + 1)).toBe('out_of_date');
  });

  test('as the partition that it is', async () => {
    const url = 'http://crl.example/a/13101.crl';
    const partition = await crlOf([], { extensions: [issuingDistributionPoint({ fullName: [url] })] });
    expect(await refusal(partition, { distributionPoint: url })).toBeUndefined();
    expect(await refusal(partition)).toBe('other_scope');
    expect(await refusal(partition, { distributionPoint: 'http://crl.example/a/13102.crl' })).toBe('other_scope');
    expect(await refusal(await crlOf([]), { distributionPoint: url })).toBe('other_scope');
  });

  test('as the delta that it is', async () => {
    const delta = await crlOf([], { extensions: [deltaCrlIndicator(41n)] });
    expect(await refusal(delta, { baseCrlNumber: 41n })).toBeUndefined();
    expect(await refusal(delta)).toBe('other_base');
    expect(await refusal(await crlOf([]), { baseCrlNumber: 41n })).toBe('other_base');
  });
});
