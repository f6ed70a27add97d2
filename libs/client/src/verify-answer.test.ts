import { encodeOcspRequest } from '@kakunin/ocsp';
import { createTestCa, type IssuedCertificate, type TestCa } from '@kakunin/testing/test-ca';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { OcspClientError } from './ocsp-client-error.ts';
import { settingsOf } from './settings.ts';
import { subjectOf } from './subject.ts';
import { craftAnswer } from './testing/craft-answer.ts';
import { type Question, type VerifiedAnswer, verifyAnswer } from './verify-answer.ts';

const settings = settingsOf({ url: 'http://127.0.0.1/ocsp' });
let ca: TestCa;
let leaf: IssuedCertificate;
let question: Question;
let whole: Uint8Array;

beforeAll(async () => {
  ca = await createTestCa();
  leaf = await ca.issue();
  const subject = subjectOf({ certificate: leaf.certificatePem, issuer: ca.certificatePem }, settings);
  const nonce = Buffer.alloc(32, 7);
  question = { subject, nonce, request: encodeOcspRequest({ certIds: [subject.certId], nonce }) };
  whole = await craftAnswer(question.request, await ca.issueResponder());
});

/** What is verified, or the code. */
function verdict(body: Uint8Array): VerifiedAnswer | string {
  try {
    return verifyAnswer({ status: 200, headers: {}, body: Buffer.from(body) }, question, settings);
  } catch (error) {
    if (error instanceof OcspClientError) return error.code;
    throw error;
  }
}

test('whole, it is relied upon', () => {
  expect(verdict(whole)).toMatchObject({ single: { certStatus: { status: 'good' } } });
});

test('cut off at any octet, it is malformed', () => {
  const verdicts = Array.from(whole, (_, length) => verdict(whole.subarray(0, length)));
  expect(new Set(verdicts)).toEqual(new Set(['malformed_response']));
});

test('with octets behind it, it is malformed', () => {
  expect(verdict(Buffer.concat([whole, Buffer.alloc(1)]))).toBe('malformed_response');
});

test('damaged anywhere, it says what was signed or nothing', () => {
  const signed = (verdict(whole) as VerifiedAnswer).basic.tbs;
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (index, flip) => {
      const damaged = Buffer.from(whole);
      damaged[index]! ^= flip;
      const found = verdict(damaged);
      if (typeof found !== 'string') expect(Buffer.from(found.basic.tbs)).toEqual(Buffer.from(signed));
    }),
    { numRuns: 2_000 },
  );
});

test('noise, and other DER, are malformed', () => {
  expect(verdict(leaf.certificate.der)).toBe('malformed_response');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => verdict(noise) === 'malformed_response'));
});
