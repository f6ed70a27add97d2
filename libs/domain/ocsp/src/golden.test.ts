import { readFileSync } from 'node:fs';
import { type Certificate, certificateDer, parseCertificate } from '@kakunin/x509';
import { describe, expect, test } from 'vitest';
import { certIdOf, type CertId } from './cert-id.ts';
import { encodeOcspRequest } from './encode-ocsp-request.ts';
import { type OcspRequest, parseOcspRequest } from './ocsp-request.ts';
import { assembleOcspResponse, type BasicOcspResponse, parseOcspResponse } from './ocsp-response.ts';
import { encodeResponseData } from './response-data.ts';
import { verifyOcspResponse } from './verify-ocsp-response.ts';
import { verifyRequestSignature } from './verify-request-signature.ts';

const file = (name: string): Buffer => readFileSync(new URL(`../../../../testdata/ocsp/${name}`, import.meta.url));
const certificate = (name: string): Certificate => parseCertificate(certificateDer(file(`${name}.pem`)));
const [madeWith = '', madeAt = ''] = file('made-with.txt').toString().split('\n');

const authority = certificate('ca');
const idOf = (name: string, algorithm: 'sha1' | 'sha256' | 'sha384' | 'sha512'): CertId =>
  certIdOf(authority, certificate(name).serialNumber, algorithm);

const MESSAGES = {
  'sha1-good': [idOf('good', 'sha1')],
  'sha256-revoked-nonce': [idOf('revoked', 'sha256')],
  'sha384-unknown': [idOf('unknown', 'sha384')],
  'sha512-several': [idOf('good', 'sha512'), idOf('revoked', 'sha512'), idOf('unknown', 'sha512')],
  signed: [idOf('good', 'sha256')],
} as const;

function requestOf(name: string): OcspRequest {
  const { ok } = parseOcspRequest(file(`${name}.request.der`), { maxRequests: 16 });
  if (!ok) throw new Error('refused');
  return ok;
}

function answerOf(name: string): BasicOcspResponse {
  const response = parseOcspResponse(file(`${name}.response.der`));
  if (response.status !== 'successful') throw new Error(response.status);
  return response.basic;
}

describe.each(Object.entries(MESSAGES))(`${madeWith}: %s`, (name, certIds) => {
  const expected = { certIds, authority, now: Date.parse(madeAt), clockSkew: 1000, maximumAge: 0 };

  test('the request asks what it was made to ask', () => {
    const { requests, nonce, signature } = requestOf(name);
    expect(requests.map(({ certId }) => certId)).toEqual(certIds);
    expect(nonce !== undefined).toBe(name.includes('nonce'));
    expect(signature !== undefined).toBe(name === 'signed');
  });

  test('the answer is verified, and says what the index said', () => {
    const { nonce } = requestOf(name);
    const verified = verifyOcspResponse(answerOf(name), { ...expected, nonce });
    if (!verified.ok) throw new Error(verified.refusal);
    expect(verified.responder.der).toEqual(certificate('responder').der);
    const revoked = { status: 'revoked', revocationTime: Date.UTC(2026, 10, 1, 12), reason: 'keyCompromise' };
    const statuses = new Map<string, unknown>([
      [certificate('good').serialNumber, { status: 'good' }],
      [certificate('revoked').serialNumber, revoked],
      [certificate('unknown').serialNumber, { status: 'unknown' }],
    ]);
    for (const { certId, certStatus } of verified.responses)
      expect(certStatus).toEqual(statuses.get(Buffer.from(certId.serialNumber).toString('hex').replace(/^0+/, '')));
  });

  test('written again, the answer is the same to the octet', () => {
    const answer = answerOf(name);
    const tbs = encodeResponseData(answer);
    expect(Buffer.from(tbs)).toEqual(Buffer.from(answer.tbs));
    const { signature, certificates } = answer;
    expect(assembleOcspResponse({ tbs, signature, certificates, algorithm: 'ecdsa-p256-sha256' })).toEqual(
      file(`${name}.response.der`),
    );
  });
});

test.each(Object.keys(MESSAGES).filter((name) => name !== 'signed'))(
  'the request %s is written to the octet',
  (name) => {
    const { requests, nonce } = requestOf(name);
    const written = encodeOcspRequest({ certIds: requests.map(({ certId }) => certId), ...(nonce && { nonce }) });
    expect(written).toEqual(file(`${name}.request.der`));
  },
);

test('the signature of a request is verified', () => {
  expect(verifyRequestSignature(requestOf('signed'))).toMatchObject({ signer: { der: certificate('good').der } });
});
