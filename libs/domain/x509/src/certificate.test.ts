import { createHash, X509Certificate } from 'node:crypto';
import { createTestCa, type TestCa, type TestKeyType } from '@kakunin/testing/test-ca';
import * as fc from 'fast-check';
import { Certificate as PkijsCertificate } from 'pkijs';
import { beforeAll, expect, test } from 'vitest';
import { parseCertificate } from './certificate.ts';
import { checkResponderCertificate, isIssuedBy, isWithinValidity } from './certificate-checks.ts';
import { authorityInformationAccess, crlDistributionPoints, extendedKeyUsage, keyUsage } from './encode-extensions.ts';
import { HASH_ALGORITHMS } from './hash-algorithm.ts';
import { issueCertificate } from './issue-certificate.ts';
import { issuerHashes } from './issuer-hashes.ts';
import { formatName } from './name.ts';
import { X509Error } from './x509-error.ts';

const KEY_TYPES: readonly TestKeyType[] = ['rsa', 'p256', 'p384', 'ed25519'];
const NOT_BEFORE = Date.UTC(2026, 0);
const NOT_AFTER = Date.UTC(2051, 0) - 1000;

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

test.each(KEY_TYPES)('a certificate with %s is what node and pkijs see in it', async (keyType) => {
  const { certificate } = await ca.issue({
    keyType,
    serialNumber: 'ab'.repeat(20),
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
    extensions: [
      authorityInformationAccess({ ocsp: 'http://ocsp.example/ocsp' }),
      crlDistributionPoints('http://crl.example/a.crl'),
    ],
  });
  const node = new X509Certificate(certificate.der);
  expect(certificate.serialNumber).toBe(node.serialNumber.toLowerCase());
  expect(formatName(certificate.subject).split(', ').toReversed().join('\n')).toBe(node.subject);
  expect([certificate.notBefore, certificate.notAfter]).toEqual([NOT_BEFORE, NOT_AFTER]);
  expect([Date.parse(node.validFrom), Date.parse(node.validTo)]).toEqual([NOT_BEFORE, NOT_AFTER]);
  expect(node.publicKey.export({ format: 'der', type: 'spki' })).toEqual(certificate.publicKey);
  expect(node.infoAccess).toContain('OCSP - URI:http://ocsp.example/ocsp');
  const pkijs = PkijsCertificate.fromBER(Uint8Array.from(certificate.der));
  expect(pkijs.extensions?.map(({ extnID }) => extnID)).toEqual(certificate.extensions.map(({ id }) => id));
  expect(Buffer.from(pkijs.tbsView)).toEqual(certificate.tbs);
  expect(Buffer.from(pkijs.subjectPublicKeyInfo.subjectPublicKey.valueBlock.valueHexView)).toEqual(
    certificate.publicKeyBits,
  );
  expect(isIssuedBy(certificate, ca.certificate)).toBe(true);
});

test('an authority says what its key is for', () => {
  const { isAuthority, keyUsage: usage, subjectKeyIdentifier, authorityKeyIdentifier } = ca.certificate;
  expect(isAuthority).toBe(true);
  expect(usage).toEqual(new Set(['keyCertSign', 'cRLSign']));
  expect(subjectKeyIdentifier).toEqual(authorityKeyIdentifier);
});

test('issuer hashes are of the subject and of the bits of the key', () => {
  const bits = ca.privateKey.export({ format: 'jwk' });
  const point = Buffer.concat([
    Uint8Array.of(4),
    Buffer.from(bits.x ?? '', 'base64url'),
    Buffer.from(bits.y ?? '', 'base64url'),
  ]);
  for (const algorithm of HASH_ALGORITHMS) {
    const { issuerNameHash, issuerKeyHash } = issuerHashes(ca.certificate, algorithm);
    expect(issuerNameHash).toEqual(createHash(algorithm).update(ca.certificate.subject).digest());
    expect(issuerKeyHash).toEqual(createHash(algorithm).update(point).digest());
  }
});

test('a certificate of another authority with the same name is not its own', async () => {
  const namesake = await createTestCa();
  const { certificate } = await namesake.issue();
  expect(isIssuedBy(certificate, namesake.certificate)).toBe(true);
  expect(isIssuedBy(certificate, ca.certificate)).toBe(false);
});

test('both ends belong to the validity', async () => {
  const { certificate } = await ca.issue({ notBefore: NOT_BEFORE, notAfter: NOT_AFTER });
  const within = [NOT_BEFORE - 1, NOT_BEFORE, NOT_AFTER, NOT_AFTER + 1].map((now) =>
    isWithinValidity(certificate, now),
  );
  expect(within).toEqual([false, true, true, false]);
});

test('who may answer for an authority', async () => {
  const period = { notBefore: NOT_BEFORE, notAfter: NOT_AFTER };
  const now = NOT_BEFORE + 1;
  const refusalOf = (certificate: typeof ca.certificate, at = now) => {
    const check = checkResponderCertificate({ certificate, authority: ca.certificate, now: at });
    return check.ok ? 'none' : check.refusal;
  };
  const { certificate } = await ca.issueResponder(period);
  expect(refusalOf(certificate)).toBe('none');
  expect(refusalOf(certificate, NOT_BEFORE - 1)).toBe('not_yet_valid');
  expect(refusalOf(certificate, NOT_AFTER + 1)).toBe('expired');
  expect(refusalOf(ca.certificate, Date.now())).toBe('none');
  expect(refusalOf((await ca.issue(period)).certificate)).toBe('no_ocsp_signing');
  expect(refusalOf((await (await createTestCa()).issueResponder(period)).certificate)).toBe('not_issued_by_authority');
  const encipherment = await issueCertificate({
    issuer: { name: ca.certificate.subject, key: ca.credential.key },
    subject: certificate.subject,
    publicKey: certificate.publicKey,
    serialNumber: '7',
    validity: period,
    extensions: [keyUsage('keyEncipherment'), extendedKeyUsage('ocspSigning')],
  });
  expect(refusalOf(parseCertificate(encipherment))).toBe('key_usage');
});

test('a damaged certificate is refused with X509Error, or is not its authority’s any more', () => {
  const { der } = ca.certificate;
  fc.assert(
    fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
      const damaged = Buffer.from(der);
      damaged[index]! ^= flip;
      try {
        expect(isIssuedBy(parseCertificate(damaged), ca.certificate)).toBe(false);
      } catch (error) {
        if (!(error instanceof X509Error)) throw error;
        expect(error.code).toBe('malformed_certificate');
      }
    }),
    { numRuns: 1_000 },
  );
});
