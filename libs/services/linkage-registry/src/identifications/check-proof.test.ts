import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import { beforeAll, describe, expect, it } from 'vitest';
import { CLOCK_SKEW, verifyCheck } from './check-proof.ts';
import { answerCheck, type CheckAnswer } from './testing/answer-check.ts';

const NOW = Math.floor(Date.now() / 1000) * 1000;
const MINUTE = 60_000;
const random = new Uint8Array(32).fill(5);
let authority: TestCa;
let responder: IssuedCertificate;
let subject: IssuedCertificate;
let other: IssuedCertificate;
beforeAll(async () => {
  authority = await createTestCa();
  [responder, subject, other] = [await authority.issueResponder(), await authority.issue(), await authority.issue()];
});

async function isProof(change: Partial<CheckAnswer> = {}, presented: Uint8Array = random): Promise<boolean> {
  const pair = { platformProvider: 'pf-a', serviceProvider: 'sp-a' };
  const asked: CheckAnswer = { authority, responder, subject, random, ...pair, producedAt: NOW - MINUTE, ...change };
  const question = { certificate: subject.certificate, authority: authority.certificate, ...pair };
  const proof = { kind: 'check', random: presented, ocspResponse: await answerCheck(asked) } as const;
  return verifyCheck(proof, { ...question, now: NOW, maximumAge: 5 * MINUTE });
}

describe('a check is proven', () => {
  it('by a definite answer to this pair, about this certificate, of the last minutes', async () => {
    expect(await isProof()).toBe(true);
    expect(await isProof({ certStatus: { status: 'revoked', revocationTime: NOW - MINUTE } })).toBe(true);
    expect(await isProof({ producedAt: NOW - 5 * MINUTE })).toBe(true);
    expect(await isProof({ producedAt: NOW + CLOCK_SKEW })).toBe(true);
  });

  it.each([
    ['for another platform provider', { platformProvider: 'pf-b' }],
    ['for another service provider', { serviceProvider: 'sp-b' }],
    ['without a nonce', { data: { nonce: undefined } }],
    ['too long ago', { producedAt: NOW - 5 * MINUTE - 1000 }],
    ['in the future', { producedAt: NOW + CLOCK_SKEW + 1000 }],
    ['that says nothing definite', { certStatus: { status: 'unknown' } }],
  ] as [string, Partial<CheckAnswer>][])('by none %s', async (_, change) => {
    expect(await isProof(change)).toBe(false);
  });

  it('by none about another certificate, by another authority, or with other random octets', async () => {
    expect(await isProof({ subject: other })).toBe(false);
    const impostor = await createTestCa();
    expect(await isProof({ responder: await impostor.issueResponder() })).toBe(false);
    expect(await isProof({ responder: other })).toBe(false);
    expect(await isProof({}, new Uint8Array(32))).toBe(false);
  });

  it('by no other octets', () => {
    const question = {
      certificate: subject.certificate,
      authority: authority.certificate,
      now: NOW,
      maximumAge: MINUTE,
    };
    const pair = { platformProvider: 'pf-a', serviceProvider: 'sp-a' };
    for (const ocspResponse of [new Uint8Array(), Buffer.from('3003020100', 'hex'), new Uint8Array(100)]) {
      expect(verifyCheck({ kind: 'check', random, ocspResponse }, { ...question, ...pair })).toBe(false);
    }
  });
});
