import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { bitString, constructed, contextConstructed, encodeDer, objectIdentifier, sequence } from '@kakunin/der';
import { issueCertificate, signatureAlgorithmIdentifier } from '@kakunin/x509';
import { createTestCa, type IssuedCertificate, type TestCa, type TestKeyType } from '@kakunin/testing/test-ca';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseOcspRequest } from './ocsp-request.ts';
import { REQUESTOR, requestWith, tbsRequestWith } from './testing/request-corpus.ts';
import { verifyRequestSignature } from './verify-request-signature.ts';

const ECDSA_SHA1 = encodeDer(sequence(objectIdentifier('1.2.840.10045.4.1')));
const TBS = { requestorName: REQUESTOR };

let ca: TestCa;
let signer: IssuedCertificate;
beforeAll(async () => {
  ca = await createTestCa();
  signer = await ca.issue();
});

interface Signature {
  readonly octets: Uint8Array;
  readonly algorithm?: Uint8Array;
  readonly certificates: readonly Uint8Array[];
}

/** Reads a request with this signature, and verifies it; the refusal when it is not even read. */
function check({ octets, algorithm = signatureAlgorithmIdentifier['ecdsa-p256-sha256'], certificates }: Signature) {
  const along = certificates.length > 0 ? constructed(contextConstructed(0), [sequence(...certificates)]) : undefined;
  const message = requestWith({ ...TBS, signature: sequence(algorithm, bitString(octets), along) });
  const { ok, refusal } = parseOcspRequest(message, { maxRequests: 1 });
  return ok ? verifyRequestSignature(ok) : refusal;
}

const signedBy = ({ credential }: IssuedCertificate) => credential.key.sign(tbsRequestWith(TBS));

describe('the signature of a request', () => {
  test.each<TestKeyType>(['rsa', 'p256', 'p384', 'ed25519'])('by %s is verified', async (keyType) => {
    const by = await ca.issue({ keyType });
    const algorithm = signatureAlgorithmIdentifier[by.credential.key.algorithm];
    const found = check({ octets: await signedBy(by), algorithm, certificates: [by.certificate.der] });
    expect(found).toMatchObject({ signer: { der: by.certificate.der } });
  });

  test('may be absent', () => {
    const { ok } = parseOcspRequest(requestWith({}), { maxRequests: 1 });
    expect(ok && verifyRequestSignature(ok)).toBe('absent');
  });

  test('is bad over other octets, by another key, and without a certificate', async () => {
    const octets = await signedBy(signer);
    const certificates = [signer.certificate.der];
    expect(check({ octets: await signer.credential.key.sign(tbsRequestWith({})), certificates })).toBe('bad');
    expect(check({ octets, certificates: [ca.certificate.der] })).toBe('bad');
    expect(check({ octets, certificates: [] })).toBe('bad');
    expect(check({ octets: octets.subarray(1), certificates })).toBe('bad');
    expect(check({ octets: Buffer.alloc(0), certificates })).toBe('bad');
  });

  test('is bad with SHA-1', () => {
    const octets = sign('sha1', tbsRequestWith(TBS), signer.privateKey);
    expect(check({ octets, algorithm: ECDSA_SHA1, certificates: [signer.certificate.der] })).toBe('bad');
  });

  test('is bad by a key whose exponent would make verifying it take milliseconds', async () => {
    const { e, d, ...rest } = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
    // The exponents changed places: as good a key, and a hundred times the work for whoever verifies.
    const costly = createPrivateKey({ key: { ...rest, e: d!, d: e!, dp: e!, dq: e! }, format: 'jwk' });
    const der = await issueCertificate({
      issuer: { name: signer.certificate.issuer, key: ca.credential.key },
      subject: signer.certificate.subject,
      publicKey: createPublicKey(costly).export({ format: 'der', type: 'spki' }),
      serialNumber: '1',
      validity: { notBefore: 0, notAfter: 0 },
      extensions: [],
    });
    const octets = sign('sha256', tbsRequestWith(TBS), costly);
    const algorithm = signatureAlgorithmIdentifier['rsa-sha256'];
    expect(check({ octets, algorithm, certificates: [der] })).toBe('bad');
  });

  test('is the first fitting certificate’s: what cannot be read, and a chain, do not matter', async () => {
    const octets = await signedBy(signer);
    const broken = encodeDer(sequence());
    const certificates = [broken, ca.certificate.der, signer.certificate.der];
    expect(check({ octets, certificates })).toMatchObject({ signer: { der: signer.certificate.der } });
    const chain = Array.from({ length: 4 }, () => ca.certificate.der);
    expect(check({ octets, certificates: [...chain, signer.certificate.der] })).toBe('bad');
  });

  test('without a requestorName makes the request malformed', async () => {
    const algorithm = signatureAlgorithmIdentifier['ecdsa-p256-sha256'];
    const octets = await signer.credential.key.sign(tbsRequestWith({}));
    const signature = sequence(algorithm, bitString(octets));
    expect(parseOcspRequest(requestWith({ signature }), { maxRequests: 1 }).refusal).toBe('malformedRequest');
  });
});
