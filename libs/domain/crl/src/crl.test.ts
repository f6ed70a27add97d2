import { REVOCATION_REASONS, type RevocationReason } from '@kakunin/certificates';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import { serialNumberOctets } from '@kakunin/x509';
import * as fc from 'fast-check';
import { CertificateRevocationList as PkijsCrl } from 'pkijs';
import { beforeAll, describe, expect, test } from 'vitest';
import { CrlError } from './crl-error.ts';
import { encodeCrl, type TbsCertList } from './encode-crl.ts';
import { parseCrl } from './parse-crl.ts';
import type { RevokedCertificate } from './revoked-certificate.ts';
import { verifyCrl } from './verify-crl.ts';

const NOW = Date.UTC(2026, 10, 22);
const HOUR = 3_600_000;

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa({ notBefore: NOW, notAfter: NOW + 1000 * HOUR });
});

const listOf = (entries: Iterable<RevokedCertificate>, rest: Partial<TbsCertList> = {}): TbsCertList => ({
  issuer: ca.certificate.subject,
  thisUpdate: NOW,
  nextUpdate: NOW + 24 * HOUR,
  crlNumber: 42n,
  authorityKeyIdentifier: ca.certificate.subjectKeyIdentifier!,
  entries,
  ...rest,
});

async function crlOf(entries: Iterable<RevokedCertificate>, rest: Partial<TbsCertList> = {}, key = ca.credential.key) {
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeCrl(listOf(entries, rest), key)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const entry = (serialNumber: string, rest: Partial<RevokedCertificate> = {}): RevokedCertificate => ({
  serialNumber: serialNumberOctets(serialNumber),
  revocationDate: NOW - HOUR,
  ...rest,
});

const numbered = (count: number): readonly RevokedCertificate[] =>
  Array.from({ length: count }, (_, index) => entry((0x1000 + index).toString(16), { reason: 'keyCompromise' }));

const second = fc.integer({ min: 0, max: Date.UTC(2099, 0) / 1000 }).map((value) => value * 1000);
const stated = (Object.keys(REVOCATION_REASONS) as RevocationReason[]).filter((reason) => reason !== 'unspecified');
const anyEntry: fc.Arbitrary<RevokedCertificate> = fc.record({
  serialNumber: fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }).map((value) => serialNumberOctets(value.toString(16))),
  revocationDate: second,
  reason: fc.constantFrom(undefined, ...stated),
  invalidityDate: fc.option(second, { nil: undefined }),
});

test('entries in are entries out, in their order, and pkijs sees the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEntry, { maxLength: 20 }),
      fc.bigInt({ min: 0n, max: 2n ** 159n }),
      async (entries, crlNumber) => {
        const der = await crlOf(entries, { crlNumber });
        const crl = parseCrl(der);
        expect(
          [...crl.entries].map(({ reason, invalidityDate, ...rest }) => ({ ...rest, reason, invalidityDate })),
        ).toEqual(entries);
        const { issuer, thisUpdate, nextUpdate } = listOf([]);
        expect(crl).toMatchObject({ issuer, thisUpdate, nextUpdate, crlNumber });
        expect(verifyCrl(crl, { authority: ca.certificate, now: NOW })).toEqual({ ok: true, entries: entries.length });
        const pkijs = PkijsCrl.fromBER(Uint8Array.from(der));
        expect(pkijs.revokedCertificates?.length ?? 0).toBe(entries.length);
        expect(pkijs.revokedCertificates?.map((each) => each.revocationDate.value.getTime()) ?? []).toEqual(
          entries.map(({ revocationDate }) => revocationDate),
        );
        expect(Buffer.from(pkijs.tbsView)).toEqual(crl.tbs);
      },
    ),
    { numRuns: 100 },
  );
});

test('what is larger than a piece comes in several', async () => {
  const pieces: number[] = [];
  for await (const chunk of encodeCrl(listOf(numbered(20_000)), ca.credential.key)) pieces.push(chunk.length);
  expect(pieces.length).toBeGreaterThan(5);
  expect(Math.max(...pieces)).toBeLessThanOrEqual(256 * 1024);
  const crl = parseCrl(await crlOf(numbered(20_000)));
  expect(verifyCrl(crl, { authority: ca.certificate, now: NOW })).toEqual({ ok: true, entries: 20_000 });
});

test('`unspecified` is left out, and an entry without extensions has no list of them', async () => {
  const plain = await crlOf([entry('1')]);
  expect((await crlOf([entry('1', { reason: 'unspecified' })])).length - plain.length).toBeLessThanOrEqual(2);
  expect([...parseCrl(plain).entries]).toEqual([entry('1')]);
});

test('the largest entry fits', async () => {
  const largest = entry('f'.repeat(40), {
    revocationDate: Date.UTC(2050, 0),
    reason: 'certificateHold',
    invalidityDate: NOW,
  });
  const entries = Array.from({ length: 1500 }, () => largest);
  expect([...parseCrl(await crlOf(entries)).entries]).toEqual(entries);
});

test('entries that change between the passes are noticed', async () => {
  let pass = 0;
  // Of fewer what was written is kept.
  const many = numbered(80_000);
  const unsteady = { [Symbol.iterator]: () => many.slice(pass++).values() };
  await expect(crlOf(unsteady)).rejects.toMatchObject({ code: 'entries_changed' });
});

describe('a CRL is relied upon', () => {
  const refusalOf = (der: Uint8Array, authority = ca.certificate, now = NOW) => {
    const verified = verifyCrl(parseCrl(der), { authority, now });
    return verified.ok ? 'none' : verified.refusal;
  };

  test('within its time', async () => {
    const crl = await crlOf(numbered(1));
    const at = (now: number) => refusalOf(crl, ca.certificate, now);
    expect([at(NOW - 1), at(NOW), at(NOW + 24 * HOUR), at(NOW + 24 * HOUR + 1)]).toEqual([
      'from_the_future',
      'none',
      'none',
      'out_of_date',
    ]);
  });

  test('from its authority, by its key', async () => {
    const namesake = await createTestCa();
    const other = await createTestCa({ subject: [['CN', 'Another CA']] });
    const crl = await crlOf(numbered(1));
    expect(refusalOf(crl, other.certificate)).toBe('other_issuer');
    expect(refusalOf(crl, namesake.certificate)).toBe('other_key');
    expect(refusalOf(await crlOf([], {}, namesake.credential.key))).toBe('wrong_signature');
    const { certificate } = await ca.issue({
      subject: [
        ['C', 'JP'],
        ['O', 'Kakunin Test'],
        ['CN', 'Test CA'],
      ],
    });
    const authorityKeyIdentifier = certificate.subjectKeyIdentifier!;
    expect(refusalOf(await crlOf([], { authorityKeyIdentifier }), certificate)).toBe('key_usage');
  });

  test('only when it is complete', async () => {
    const delta = { id: '2.5.29.27', critical: true, value: Buffer.from('020101', 'hex') };
    expect(refusalOf(await crlOf([], { extensions: [delta] }))).toBe('critical_extension');
    expect(refusalOf(await crlOf([], { extensions: [{ ...delta, critical: false }] }))).toBe('none');
  });
});

test('a damaged CRL is refused or malformed, and nothing else is thrown', async () => {
  const der = await crlOf([entry('1', { reason: 'superseded', invalidityDate: NOW }), entry('2')]);
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
      const damaged = Buffer.from(der);
      damaged[index]! ^= flip;
      try {
        expect(verifyCrl(parseCrl(damaged), { authority: ca.certificate, now: NOW }).ok).toBe(false);
      } catch (error) {
        if (!(error instanceof CrlError)) throw error;
        expect(error.code).toBe('malformed_crl');
      }
    }),
    { numRuns: 1_000 },
  );
});
