import { randomBytes } from 'node:crypto';
import { assembleOcspResponse, certIdOf, encodeOcspRequest, encodeResponseData, responderIdByKey } from '@kakunin/ocsp';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Checker, startChecker } from './checker.ts';

let [ca, other]: TestCa[] = [];
let responder: IssuedCertificate;
let checker: Checker;
beforeAll(async () => {
  [ca, other] = [await createTestCa({ keyType: 'p256' }), await createTestCa({ keyType: 'p256' })];
  responder = await ca.issueResponder({ keyType: 'p256' });
  checker = await startChecker([ca.certificatePem]);
});
afterAll(() => checker.stop());

const nonce = randomBytes(16);
const certId = () => certIdOf(ca!.certificate, '1000', 'sha1');

async function answerBy(signer: IssuedCertificate, own: object = {}): Promise<Uint8Array> {
  const now = Date.now();
  const single = {
    certId: certId(),
    certStatus: { status: 'good' as const },
    thisUpdate: now,
    nextUpdate: now + 60_000,
  };
  const responderId = responderIdByKey(signer.certificate);
  const tbs = encodeResponseData({ responderId, producedAt: now, responses: [single], nonce, ...own });
  const { key, certificate } = signer.credential;
  const signature = await key.sign(tbs);
  return assembleOcspResponse({ tbs, algorithm: key.algorithm, signature, certificates: [certificate] });
}

/** Sends a sample as k6 does. @returns what it changed */
async function check(answer: Uint8Array, authority = 0): Promise<{ verified: number; refused: number }> {
  const refused = (): number => [...checker.refusals.values()].reduce((sum, count) => sum + count, 0);
  const before = { verified: checker.verified, refused: refused() };
  const request = encodeOcspRequest({ certIds: [certId()], nonce });
  const head = Buffer.alloc(4);
  head.writeUInt16BE(authority);
  head.writeUInt16BE(request.length, 2);
  await fetch(checker.url, { method: 'POST', body: Buffer.concat([head, request, answer]) });
  return { verified: checker.verified - before.verified, refused: refused() - before.refused };
}

const VERIFIED = { verified: 1, refused: 0 };
const REFUSED = { verified: 0, refused: 1 };

test('an answer as it should be is verified', async () => {
  expect(await check(await answerBy(responder))).toEqual(VERIFIED);
});

test.each<[string, () => Promise<Uint8Array>]>([
  ['another authority’s responder', async () => answerBy(await other!.issueResponder({ keyType: 'p256' }))],
  ['another nonce', () => answerBy(responder, { nonce: randomBytes(16) })],
  [
    'an octet that was changed',
    async () => (await answerBy(responder)).map((octet, at) => (at === 60 ? octet ^ 1 : octet)),
  ],
  [
    'an answer about another certificate',
    () =>
      answerBy(responder, {
        responses: [
          { certId: certIdOf(ca!.certificate, '1001', 'sha1'), certStatus: { status: 'good' }, thisUpdate: Date.now() },
        ],
      }),
  ],
  [
    'yesterday’s answer',
    () =>
      answerBy(responder, {
        producedAt: Date.now() - 86_400_000,
        responses: [
          {
            certId: certId(),
            certStatus: { status: 'good' },
            thisUpdate: Date.now() - 86_400_000,
            nextUpdate: Date.now() - 80_000_000,
          },
        ],
      }),
  ],
  ['no answer at all', async () => new Uint8Array([1, 2, 3])],
])('%s is refused', async (_, answer) => {
  expect(await check(await answer())).toEqual(REFUSED);
});

test('an authority that is not known is refused', async () => {
  expect(await check(await answerBy(responder), 1)).toEqual(REFUSED);
});
