import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateDer, digest, parseCertificate, verifySignature } from '@kakunin/x509';
import { createOpensslCa, openssl } from '@kakunin/testing/openssl-ca';
import { createTestCa } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXTENDED_REVOKE, singleExtensions } from './answer-extensions.ts';
import { certIdOf } from './cert-id.ts';
import { encodeOcspRequest } from './encode-ocsp-request.ts';
import { parseOcspRequest } from './ocsp-request.ts';
import { assembleOcspResponse, parseOcspResponse } from './ocsp-response.ts';
import { OCSP_REFUSALS } from './ocsp-response-status.ts';
import { encodeResponseData, responderIdByKey, responderIdByName } from './response-data.ts';
import { verifyOcspResponse } from './verify-ocsp-response.ts';
import { verifyRequestSignature } from './verify-request-signature.ts';

const HOUR = 3_600_000;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-ocsp-'));
});
afterAll(() => rm(directory, { recursive: true }));

const path = (name: string) => join(directory, name);
const second = (instant: number) => instant - (instant % 1000);

describe.each(['rsa', 'p256', 'p384', 'ed25519'] as const)('what a %s responder signs', (keyType) => {
  test.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)(
    'openssl verifies, for a CertID of %s',
    async (algorithm) => {
      const ca = await createTestCa({ keyType });
      const [leaf, responder] = [await ca.issue(), await ca.issueResponder({ keyType })];
      await writeFile(path('ca.pem'), ca.certificatePem);
      await writeFile(path('leaf.pem'), leaf.certificatePem);
      const asking = ['-issuer', path('ca.pem'), `-${algorithm}`, '-cert', path('leaf.pem')];
      await openssl(['ocsp', ...asking, '-reqout', path('request.der')]);

      const { ok: request } = parseOcspRequest(await readFile(path('request.der')), { maxRequests: 1 });
      const certId = request!.requests[0]!.certId;
      expect(certId).toEqual(certIdOf(ca.certificate, leaf.certificate.serialNumber, algorithm));
      const now = second(Date.now());
      const tbs = encodeResponseData({
        responderId: (algorithm === 'sha1' ? responderIdByName : responderIdByKey)(responder.certificate),
        producedAt: now,
        responses: [
          {
            certId,
            certStatus: { status: 'revoked', revocationTime: now - HOUR, reason: 'certificateHold' },
            thisUpdate: now,
            nextUpdate: now + HOUR,
          },
        ],
        nonce: request?.nonce,
      });
      const { key, certificate } = responder.credential;
      const signed = { tbs, algorithm: key.algorithm, signature: await key.sign(tbs), certificates: [certificate] };
      await writeFile(path('response.der'), assembleOcspResponse(signed));

      const answer = ['-reqin', path('request.der'), '-respin', path('response.der'), '-CAfile', path('ca.pem')];
      const printed = await openssl(['ocsp', ...answer, '-resp_text']);
      expect(printed).toContain('Response verify OK');
      expect(printed).not.toContain('WARNING');
      expect(printed).toContain('Cert Status: revoked');
      expect(printed).toContain('Revocation Reason: certificateHold');
    },
  );
});

test.each(['rsa', 'p256', 'p384', 'ed25519'] as const)(
  'openssl signs a request with %s, and we verify it',
  async (keyType) => {
    const ca = await createTestCa();
    const signer = await ca.issue({ keyType });
    await writeFile(path('ca.pem'), ca.certificatePem);
    await writeFile(path('signer.pem'), signer.certificatePem);
    await writeFile(path('signer.key'), signer.keyPem);
    const signing = ['-signer', path('signer.pem'), '-signkey', path('signer.key')];
    const asking = ['-issuer', path('ca.pem'), '-cert', path('signer.pem'), ...signing];
    await openssl(['ocsp', ...asking, '-reqout', path('request.der')]);
    const { ok } = parseOcspRequest(await readFile(path('request.der')), { maxRequests: 1 });
    expect(ok && verifyRequestSignature(ok)).toMatchObject({ signer: { der: signer.certificate.der } });
  },
);

test('openssl sees archiveCutoff, CertHash and extended revoke', async () => {
  const ca = await createTestCa();
  const [leaf, responder] = [await ca.issue(), await ca.issueResponder()];
  const now = second(Date.now());
  const fingerprint = digest('sha256', leaf.certificate.der);
  const tbs = encodeResponseData({
    responderId: responderIdByKey(responder.certificate),
    producedAt: now,
    responses: [
      {
        certId: certIdOf(ca.certificate, leaf.certificate.serialNumber),
        certStatus: { status: 'good' },
        thisUpdate: now,
        extensions: singleExtensions({ archiveCutoff: Date.UTC(2020, 1, 3, 4, 5, 6), fingerprint }),
      },
    ],
    extensions: [EXTENDED_REVOKE],
  });
  const { key, certificate } = responder.credential;
  const signed = { tbs, algorithm: key.algorithm, signature: await key.sign(tbs), certificates: [certificate] };
  await writeFile(path('response.der'), assembleOcspResponse(signed));
  await writeFile(path('ca.pem'), ca.certificatePem);
  const printed = await openssl(['ocsp', '-respin', path('response.der'), '-CAfile', path('ca.pem'), '-resp_text']);
  expect(printed).toContain('Response verify OK');
  expect(printed).toMatch(/OCSP Archive Cutoff:\s+Feb {2}3 04:05:06 2020 GMT/);
  expect(printed).toMatch(/1\.3\.36\.8\.3\.13:/);
  // id-pkix-ocsp 9 has another name there.
  expect(printed).toMatch(/Response Extensions:\s+valid:/);
});

test('openssl answers what we ask, and we rely on its answer', async () => {
  const ca = await createOpensslCa(join(directory, 'authority'));
  const read = async (file: string) => parseCertificate(certificateDer(await readFile(file)));
  const authority = await read(ca.certificateFile);
  const [good, revoked, responder] = [await ca.issue('good'), await ca.issue('revoked'), await ca.issueResponder()];
  await ca.revoke(revoked.certificateFile, 'superseded');
  const serialNumbers = [await read(good.certificateFile), await read(revoked.certificateFile)];
  const certIds = serialNumbers.map(({ serialNumber }) => certIdOf(authority, serialNumber));
  const nonce = Buffer.alloc(32, 5);
  await writeFile(path('ours.der'), encodeOcspRequest({ certIds, nonce }));
  const signer = ['-rsigner', responder.certificateFile, '-rkey', responder.keyFile, '-ndays', '1'];
  const index = ['-index', ca.indexFile, '-CA', ca.certificateFile, '-issuer', ca.certificateFile];
  await openssl(['ocsp', ...index, ...signer, '-reqin', path('ours.der'), '-respout', path('theirs.der')]);

  const response = parseOcspResponse(await readFile(path('theirs.der')));
  if (response.status !== 'successful') throw new Error(response.status);
  const expected = { certIds, nonce, authority, now: Date.now(), clockSkew: 0, maximumAge: 0 };
  const verified = verifyOcspResponse(response.basic, expected);
  expect(verified.ok && verified.responses.map(({ certStatus }) => certStatus)).toEqual([
    { status: 'good' },
    expect.objectContaining({ status: 'revoked', reason: 'superseded' }),
  ]);
  const { signatureAlgorithm, signature, tbs } = response.basic;
  const { publicKey } = await read(good.certificateFile);
  expect(verifySignature({ signatureAlgorithm, signature, data: tbs, publicKey })).toBe(false);
});

test.each(Object.entries(OCSP_REFUSALS))('openssl reads the refusal %s', async (status, der) => {
  await writeFile(path('refusal.der'), der);
  await expect(openssl(['ocsp', '-respin', path('refusal.der'), '-noverify'])).rejects.toMatchObject({
    stdout: expect.stringMatching(new RegExp(`Responder Error: ${status} `, 'i')),
  });
});
