import { constructed, contextConstructed, encodeDer, integer, octetString, sequence } from '@kakunin/der';
import { encodeExtensions, type Extension, HASH_ALGORITHMS, hashAlgorithmIdentifier } from '@kakunin/x509';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import * as fc from 'fast-check';
import { OCSPRequest as PkijsRequest } from 'pkijs';
import { beforeAll, describe, expect, test } from 'vitest';
import { certIdOf, type CertId } from './cert-id.ts';
import { encodeOcspRequest } from './encode-ocsp-request.ts';
import { OCSP } from './object-identifiers.ts';
import { parseOcspRequest } from './ocsp-request.ts';
import { requestWith } from './testing/request-corpus.ts';

const LIMITS = { maxRequests: 16 };
const UNKNOWN = '1.2.3.4';

let ca: TestCa;
let certId: CertId;
beforeAll(async () => {
  ca = await createTestCa();
  certId = certIdOf(ca.certificate, '1000');
});

const serialNumber = fc.bigInt({ min: 0n, max: 2n ** 160n - 1n }).map((value) => value.toString(16));

test('what was asked comes out again, and pkijs sees the same', () => {
  const certIds = fc.array(fc.tuple(serialNumber, fc.constantFrom(...HASH_ALGORITHMS)), {
    minLength: 1,
    maxLength: 16,
  });
  const anyNonce = fc.option(fc.uint8Array({ minLength: 1, maxLength: 128 }), { nil: undefined });
  fc.assert(
    fc.property(certIds, anyNonce, (asked, nonce) => {
      const ids = asked.map(([serial, algorithm]) => certIdOf(ca.certificate, serial, algorithm));
      const der = encodeOcspRequest({ certIds: ids, ...(nonce && { nonce }) });
      const { ok } = parseOcspRequest(der, LIMITS);
      expect(ok?.requests.map((request) => request.certId)).toEqual(ids);
      expect(ok?.nonce && Uint8Array.from(ok.nonce)).toEqual(nonce);
      expect([ok?.signature, ok?.requestorName]).toEqual([undefined, undefined]);
      const { tbsRequest } = PkijsRequest.fromBER(Uint8Array.from(der));
      expect(tbsRequest.requestList.map(({ reqCert }) => Buffer.from(reqCert.toSchema().toBER()))).toEqual(
        ids.map((id) => Buffer.from(id.der)),
      );
      expect(tbsRequest.requestExtensions?.length ?? 0).toBe(nonce ? 1 : 0);
    }),
    { numRuns: 50 },
  );
});

/** A Request about a certificate, with these single extensions. */
const requestAbout = (extensions: readonly Extension[] = []) => {
  const list = encodeExtensions(extensions);
  return sequence(certId.der, list && constructed(contextConstructed(0), [list]));
};

const nonceOf = (value: Uint8Array): Extension => ({ id: OCSP.nonce, critical: false, value });
const nonce = (length: number) => nonceOf(encodeDer(octetString(new Uint8Array(length))));
const critical = (id: string): Extension => ({ id, critical: true, value: encodeDer(sequence()) });
const times = (count: number) => Array.from({ length: count }, () => requestAbout());
const refusalOf = (der: Uint8Array) => parseOcspRequest(der, LIMITS).refusal ?? 'none';

describe('malformedRequest:', () => {
  test('a nonce that is empty, longer than 128 octets, no OCTET STRING, or given twice', () => {
    for (const value of [nonce(0), nonce(129), nonceOf(Uint8Array.of(1, 2, 3)), nonceOf(encodeDer(integer(1)))])
      expect(refusalOf(requestWith({ extensions: [value] }))).toBe('malformedRequest');
    expect(refusalOf(requestWith({ extensions: [nonce(32), nonce(32)] }))).toBe('malformedRequest');
    for (const length of [1, 128]) expect(refusalOf(requestWith({ extensions: [nonce(length)] }))).toBe('none');
  });

  test('an unknown critical extension, around or within', () => {
    expect(refusalOf(requestWith({ extensions: [critical(UNKNOWN)] }))).toBe('malformedRequest');
    expect(refusalOf(requestWith({ requests: [requestAbout([critical(UNKNOWN)])] }))).toBe('malformedRequest');
    const ignored = { ...critical(UNKNOWN), critical: false };
    expect(refusalOf(requestWith({ extensions: [ignored], requests: [requestAbout([ignored])] }))).toBe('none');
  });

  test('an extension of answers and of certificates that is critical in a request', () => {
    for (const id of [OCSP.archiveCutoff, OCSP.extendedRevoke, OCSP.certHash, '1.3.6.1.5.5.7.48.1.5'])
      expect(refusalOf(requestWith({ extensions: [critical(id)] }))).toBe('malformedRequest');
  });

  test('no request, and more than the limit', () => {
    expect(refusalOf(requestWith({ requests: [] }))).toBe('malformedRequest');
    expect(refusalOf(requestWith({ requests: times(16) }))).toBe('none');
    expect(refusalOf(requestWith({ requests: times(17) }))).toBe('malformedRequest');
  });

  test('another version than v1', () => {
    expect(refusalOf(requestWith({ version: integer(0) }))).toBe('none');
    expect(refusalOf(requestWith({ version: integer(1) }))).toBe('malformedRequest');
  });

  test('nothing, text, and octets behind the end', () => {
    const der = requestWith({});
    for (const message of [Buffer.alloc(0), Buffer.from('GET / HTTP/1.1'), Buffer.concat([der, Buffer.alloc(1)])])
      expect(refusalOf(message)).toBe('malformedRequest');
  });

  test('a hash that is shorter than its algorithm makes it', () => {
    const certIdWith = (length: number) =>
      sequence(
        hashAlgorithmIdentifier.sha256,
        octetString(new Uint8Array(length)),
        octetString(new Uint8Array(32)),
        integer(1),
      );
    expect(refusalOf(requestWith({ requests: [sequence(certIdWith(32))] }))).toBe('none');
    expect(refusalOf(requestWith({ requests: [sequence(certIdWith(20))] }))).toBe('malformedRequest');
  });
});

test('a hash algorithm that is not known is no error: its issuer is not known either', () => {
  const md5 = Buffer.from(certIdOf(ca.certificate, '1000', 'sha1').der);
  // The last arc of 1.3.14.3.2.26.
  md5[10] = 0x19;
  const { ok } = parseOcspRequest(requestWith({ requests: [sequence(md5)] }), LIMITS);
  expect(ok?.requests[0]?.certId.hashAlgorithm).toBeUndefined();
});

test('known extensions that change nothing are ignored, critical or not', () => {
  for (const id of [OCSP.serviceLocator, OCSP.acceptableResponses, OCSP.preferredSignatureAlgorithms])
    for (const extension of [critical(id), { ...critical(id), critical: false }])
      expect(refusalOf(requestWith({ extensions: [extension], requests: [requestAbout([extension])] }))).toBe('none');
});

test('a damaged request is read or refused, and nothing is thrown', () => {
  const der = requestWith({ extensions: [nonce(32)], version: integer(0) });
  const damage = fc.array(fc.tuple(fc.nat(der.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(damage, fc.nat(der.length), fc.boolean(), (changes, length, cut) => {
      const damaged = Buffer.from(der);
      for (const [index, octet] of changes) damaged[index] = octet;
      const { ok, refusal } = parseOcspRequest(cut ? damaged.subarray(0, length) : damaged, LIMITS);
      expect(ok === undefined).toBe(refusal === 'malformedRequest');
    }),
    { numRuns: 5_000 },
  );
});
