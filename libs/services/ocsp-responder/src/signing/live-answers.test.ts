import { certIdOf, parseOcspResponse, responderIdByKey } from '@kakunin/ocsp';
import { createTestCa } from '@kakunin/testing';
import type { CertificateRequest } from '@kakunin/testing';
import { expect, test } from 'vitest';
import { LiveAnswers } from './live-answers.ts';

const NOW = Date.UTC(2026, 9, 31, 12, 0, 0, 987);

async function answerOf(neverIssued: 'unknown' | 'revoked', responder: CertificateRequest = {}) {
  const ca = await createTestCa();
  const { credential, certificate } = await ca.issueResponder(responder);
  const seconds: number[] = [];
  const answers = new LiveAnswers({ validity: 900_000, neverIssued, onSigned: (each) => seconds.push(each) });
  const answer = await answers.answer({
    subjects: [{ certId: certIdOf(ca.certificate, 'c3'), state: { state: 'not_issued' } }],
    nonce: undefined,
    signer: { key: credential.key, certificate, responderId: responderIdByKey(certificate) },
    asOf: NOW,
    now: NOW,
  });
  const parsed = parseOcspResponse(answer.body);
  if (parsed.status !== 'successful') throw new Error(parsed.status);
  expect(seconds).toHaveLength(1);
  return { ...answer, basic: parsed.basic };
}

test('never issued is unknown, without the extended-revoke extension', async () => {
  const { basic } = await answerOf('unknown');
  expect(basic.responses[0]?.certStatus).toEqual({ status: 'unknown' });
  expect(basic.extensions).toEqual([]);
});

test('never issued is revoked as RFC 6960, 2.2 wants it, when configured so', async () => {
  const { basic } = await answerOf('revoked');
  expect(basic.responses[0]?.certStatus).toEqual({ status: 'revoked', revocationTime: 0, reason: 'certificateHold' });
  expect(basic.extensions?.map(({ id }) => id)).toEqual(['1.3.6.1.5.5.7.48.1.9']);
});

test('the times are whole seconds, the same in the octets and beside them', async () => {
  const { basic, thisUpdate, nextUpdate } = await answerOf('unknown');
  expect(thisUpdate).toBe(NOW - 987);
  expect(nextUpdate).toBe(NOW - 987 + 900_000);
  expect(basic.responses[0]).toMatchObject({ thisUpdate, nextUpdate });
});

test('nextUpdate is never beyond the end of the responder certificate', async () => {
  const notAfter = NOW - 987 + 60_000;
  const { nextUpdate } = await answerOf('unknown', { notBefore: NOW - 86_400_000, notAfter });
  expect(nextUpdate).toBe(notAfter);
});
