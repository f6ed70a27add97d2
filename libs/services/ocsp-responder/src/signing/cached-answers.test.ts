import { responderIdByKey } from '@kakunin/ocsp';
import type { CertId } from '@kakunin/ocsp';
import type { CertificateState } from '@kakunin/status-index';
import { createTestCa } from '@kakunin/testing';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Question, ResponderSigner, SignedAnswer } from './answers.ts';
import { CachedAnswers } from './cached-answers.ts';

const NOW = Date.UTC(2026, 9, 31);
const GOOD: CertificateState = { state: 'good', carrier: 'card' };
const REVOKED: CertificateState = {
  state: 'revoked',
  carrier: 'card',
  notAfter: NOW,
  revocationDate: NOW,
  reason: 'keyCompromise',
};

let signer: ResponderSigner;
beforeAll(async () => {
  const { credential, certificate } = await (await createTestCa()).issueResponder();
  signer = { key: credential.key, certificate, responderId: responderIdByKey(certificate) };
});

let signed: number;
let answers: CachedAnswers;
beforeEach(() => {
  signed = 0;
  const answer = async ({ asOf }: Question): Promise<SignedAnswer> => {
    signed += 1;
    return { body: Buffer.from(`answer ${signed}`), thisUpdate: asOf, nextUpdate: asOf + 900_000, source: 'live' };
  };
  answers = new CachedAnswers({ answer }, { capacity: 10, maxAge: 60_000 });
});

const subjectOf = (name: string, state: CertificateState) => ({
  certId: { der: Buffer.from(name) } as unknown as CertId,
  state,
});
const questionOf = (change: Partial<Question> = {}): Question => ({
  subjects: [subjectOf('a', GOOD)],
  nonce: undefined,
  signer,
  asOf: NOW,
  now: NOW,
  ...change,
});

/** Whether a question that follows the plain one is answered by the same signature. */
async function isServedFromCache(next: Partial<Question>): Promise<boolean> {
  await answers.answer(questionOf());
  const { source } = await answers.answer(questionOf(next));
  expect(signed).toBe(source === 'cached' ? 1 : 2);
  return source === 'cached';
}

test('the same question is answered by the same signature, newer status data notwithstanding', async () => {
  expect(await isServedFromCache({ now: NOW + 60_000, asOf: NOW + 60_000 })).toBe(true);
});

test.each<[string, () => Partial<Question>]>([
  ['another certificate', () => ({ subjects: [subjectOf('b', GOOD)] })],
  ['a nonce', () => ({ nonce: Buffer.from('nonce') })],
  ['several certificates', () => ({ subjects: [subjectOf('a', GOOD), subjectOf('b', GOOD)] })],
  ['a revocation', () => ({ subjects: [subjectOf('a', REVOKED)] })],
  ['a renewed signer', () => ({ signer: { ...signer } })],
  ['age', () => ({ now: NOW + 60_001 })],
])('%s is signed anew', async (_, change) => {
  expect(await isServedFromCache(change())).toBe(false);
});

test('another reason is another answer', async () => {
  await answers.answer(questionOf({ subjects: [subjectOf('a', REVOKED)] }));
  await answers.answer(
    questionOf({ subjects: [subjectOf('a', { ...REVOKED, reason: 'superseded' } as CertificateState)] }),
  );
  expect(signed).toBe(2);
});
