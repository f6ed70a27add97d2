import { readFileSync } from 'node:fs';
import { parseOcspRequest } from '@kakunin/ocsp';
import { expect, test } from 'vitest';
import { OcspClientError } from './ocsp-client-error.ts';
import { settingsOf } from './settings.ts';
import { subjectOf } from './subject.ts';
import { verifyAnswer } from './verify-answer.ts';

const file = (name: string): Buffer => readFileSync(new URL(`../../../testdata/ocsp-refused/${name}`, import.meta.url));
const [madeWith = '', madeAt = ''] = file('made-with.txt').toString().split('\n');
const DAY = 86_400_000;

/** `good`, or the code and the reason, so many days after it was recorded. */
function verdictOn(name: string, days: number): string {
  const clock = { now: () => Date.parse(madeAt) + days * DAY };
  const settings = settingsOf({ url: 'http://127.0.0.1/ocsp', clock });
  const subject = subjectOf({ certificate: file('certificate.pem'), issuer: file('ca.pem') }, settings);
  const request = file('request.der');
  const nonce = parseOcspRequest(request, { maxRequests: 1 }).ok!.nonce!;
  const answer = { status: 200, headers: {}, body: file(`${name}.response.der`) };
  try {
    return verifyAnswer(answer, { subject, nonce, request }, settings).single.certStatus.status;
  } catch (error) {
    if (error instanceof OcspClientError) return `${error.code} (${error.reason})`;
    throw error;
  }
}

test.each([
  ['honest', 0, 'good'],
  ['honest', 6, 'good'],
  ['honest', 8, 'response_stale (out_of_date)'],
  ['honest', -1, 'responder_unauthorized (not_yet_valid)'],
  ['replayed', 0, 'nonce_mismatch (nonce_differs)'],
  ['without-nonce', 0, 'nonce_missing (nonce_missing)'],
  ['other-certificate', 0, 'certificate_not_answered (other_certificate)'],
  ['wrong-signature', 0, 'signature_invalid (wrong_signature)'],
  ['wrong-signer', 0, 'responder_unauthorized (no_ocsp_signing)'],
  ['responder-of-namesake', 0, 'responder_unauthorized (not_issued_by_authority)'],
  ['responder-expires', 0, 'good'],
  ['responder-expires', 2, 'responder_unauthorized (expired)'],
  ['responder-without-nocheck', 0, 'responder_unauthorized (no_nocheck)'],
])(`${madeWith}: %s, after %i days: %s`, (name, days, expected) => {
  expect(verdictOn(name, days)).toBe(expected);
});
