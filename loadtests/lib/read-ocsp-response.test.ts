import {
  assembleOcspResponse,
  type CertStatus,
  certIdOf,
  encodeResponseData,
  OCSP_REFUSALS,
  responderIdByKey,
  responderIdByName,
} from '@kakunin/ocsp';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { readOcspResponse } from './read-ocsp-response.ts';

const NOW = Date.UTC(2026, 10, 24);
const NONCE = Buffer.from('00112233445566778899aabbccddeeff', 'hex');

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa({ keyType: 'p256' });
});

interface Said {
  readonly certStatus?: CertStatus;
  readonly nonce?: Uint8Array;
  readonly isByName?: boolean;
}

function answer({ certStatus = { status: 'good' }, nonce, isByName = false }: Said = {}): Uint8Array {
  const tbs = encodeResponseData({
    responderId: isByName ? responderIdByName(ca.certificate) : responderIdByKey(ca.certificate),
    producedAt: NOW,
    responses: [{ certId: certIdOf(ca.certificate, '1000', 'sha1'), certStatus, thisUpdate: NOW }],
    nonce,
    // An extension before and behind, so that the nonce has to be looked for.
    extensions: [{ id: '1.3.6.1.5.5.7.48.1.9', critical: false, value: Buffer.from('0500', 'hex') }],
  });
  const { algorithm } = ca.credential.key;
  return assembleOcspResponse({
    tbs,
    algorithm,
    signature: Buffer.alloc(64),
    certificates: [ca.credential.certificate],
  });
}

test.each<[CertStatus, string]>([
  [{ status: 'good' }, 'good'],
  [{ status: 'revoked', revocationTime: NOW, reason: 'keyCompromise' }, 'revoked'],
  [{ status: 'revoked', revocationTime: NOW }, 'revoked'],
  [{ status: 'unknown' }, 'unknown'],
])('%j is read as %s', (certStatus, read) => {
  for (const isByName of [true, false])
    expect(readOcspResponse(answer({ certStatus, isByName }))).toMatchObject({
      responseStatus: 'successful',
      certStatus: read,
    });
});

test('finds the nonce of any length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 128 }), (nonce) => {
      expect(Buffer.from(readOcspResponse(answer({ nonce }))!.nonce!)).toEqual(Buffer.from(nonce));
    }),
  );
});

test.each(Object.entries(OCSP_REFUSALS))('%s is no answer about a certificate', (responseStatus, octets) => {
  expect(readOcspResponse(octets)).toEqual({ responseStatus });
});

test('octets from elsewhere never throw', () => {
  const whole = answer({ nonce: NONCE });
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (place, octet) => {
      const damaged = Uint8Array.from(whole);
      damaged[place] = octet;
      readOcspResponse(damaged);
    }),
    { numRuns: 2_000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => void readOcspResponse(octets)));
});

test('an answer that was cut off is none', () => {
  const whole = answer({ nonce: NONCE });
  for (let length = 0; length < whole.length; length += 1)
    expect(readOcspResponse(whole.subarray(0, length))).toBeUndefined();
});
