import { certHash, certIdOf } from '@kakunin/ocsp';
import { createTestCa, type IssuedCertificate } from '@kakunin/testing/test-ca';
import { digest, extendedKeyUsage, ocspNoCheck } from '@kakunin/x509';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Craft, craftAnswer } from './testing/craft-answer.ts';
import { ClientScene, failureOf } from './testing/client-scene.ts';

const NOW = Date.now();
const HOUR = 3_600_000;
const YEAR = 8_766 * HOUR;

let scene: ClientScene;
beforeAll(async () => {
  scene = await ClientScene.open();
});
afterAll(() => scene.close());

/** `code (reason)` of what the client makes of an answer. */
async function verdictOn(craft: Craft, signer: IssuedCertificate = scene.responder): Promise<string> {
  scene.server.play(async ({ body }) => ({ body: await craftAnswer(body, signer, craft) }));
  const { code, reason } = await failureOf(scene.check());
  return `${code} (${reason})`;
}

test.each<[string, Craft, string]>([
  ['another nonce', { data: { nonce: new Uint8Array(32) } }, 'nonce_mismatch (nonce_differs)'],
  ['a nonce that is cut short', { data: { nonce: new Uint8Array(31) } }, 'nonce_mismatch (nonce_differs)'],
  ['no nonce', { data: { nonce: undefined } }, 'nonce_missing (nonce_missing)'],
  ['a signature that is damaged', { damageSignature: true }, 'signature_invalid (wrong_signature)'],
  ['no certificate of the responder', { certificates: [] }, 'responder_unauthorized (responder_unknown)'],
  ['no certificate asked about', { data: { responses: [] } }, 'certificate_not_answered (other_certificate)'],
  ['too old', { single: { nextUpdate: NOW - 2 * HOUR } }, 'response_stale (out_of_date)'],
  [
    'too old, without nextUpdate',
    { single: { thisUpdate: NOW - HOUR, nextUpdate: undefined } },
    'response_stale (out_of_date)',
  ],
  ['not yet valid', { single: { thisUpdate: NOW + HOUR } }, 'response_not_yet_valid (from_the_future)'],
  [
    'a critical extension',
    { single: { extensions: [{ id: '1.2.3.4', critical: true, value: new Uint8Array() }] } },
    'critical_extension (critical_extension)',
  ],
  [
    'an invalidityDate that is none',
    {
      single: { extensions: [{ id: '2.5.29.24', critical: false, value: new Uint8Array([5, 0]) }] },
      certStatus: { status: 'revoked', revocationTime: 0 },
    },
    'malformed_response (malformed_der)',
  ],
])('refused: %s', async (_, craft, expected) => {
  expect(await verdictOn(craft)).toBe(expected);
});

test('refused: about another certificate', async () => {
  const certId = certIdOf(scene.ca.certificate, 'abcdef');
  expect(await verdictOn({ single: { certId } })).toBe('certificate_not_answered (other_certificate)');
});

test('refused: about the same serial number of another key generation', async () => {
  const namesake = await createTestCa();
  const certId = certIdOf(namesake.certificate, scene.leaf.certificate.serialNumber);
  expect(await verdictOn({ single: { certId } })).toBe('certificate_not_answered (other_certificate)');
});

test('refused: CertHash proves another certificate; the right one is welcome', async () => {
  const answerWith = (fingerprint: Uint8Array) => ({ single: { extensions: [certHash(fingerprint)] } });
  expect(await verdictOn(answerWith(new Uint8Array(32)))).toBe('certificate_not_answered (certificate_hash_differs)');
  scene.server.play(scene.honest(answerWith(digest('sha256', scene.leaf.certificate.der))));
  expect(await scene.check()).toMatchObject({ status: 'good' });
});

test('refused: replayed', async () => {
  const answers: Uint8Array[] = [];
  scene.server.play(async ({ body }) => {
    answers.push(await craftAnswer(body, scene.responder));
    return { body: answers[0]! };
  });
  const client = scene.client();
  expect(await client.checkStatus(scene.subject)).toMatchObject({ status: 'good' });
  expect(await failureOf(client.checkStatus(scene.subject))).toMatchObject({ code: 'nonce_mismatch' });
});

const delegated = [extendedKeyUsage('ocspSigning')];
test.each<[string, () => Promise<IssuedCertificate>, string]>([
  ['expired', () => scene.ca.issueResponder({ notBefore: NOW - YEAR, notAfter: NOW - HOUR }), 'expired'],
  ['not valid yet', () => scene.ca.issueResponder({ notBefore: NOW + HOUR }), 'not_yet_valid'],
  ['without id-kp-OCSPSigning', () => scene.ca.issue({ extensions: [ocspNoCheck()] }), 'no_ocsp_signing'],
  ['of a namesake of the authority', async () => (await createTestCa()).issueResponder(), 'not_issued_by_authority'],
  ['of itself', () => createTestCa({ extensions: delegated }), 'not_issued_by_authority'],
])('refused: a responder whose certificate is %s', async (_, issue, reason) => {
  expect(await verdictOn({}, await issue())).toBe(`responder_unauthorized (${reason})`);
});

test('a responder without nocheck is refused, or trusted when told to; the authority itself needs none', async () => {
  const responder = await scene.ca.issue({ extensions: delegated });
  expect(await verdictOn({}, responder)).toBe('responder_unauthorized (no_nocheck)');
  expect(await scene.check({ responderWithoutNoCheck: 'trust' })).toMatchObject({ status: 'good' });
  scene.server.play(async ({ body }) => ({ body: await craftAnswer(body, scene.ca, { certificates: [] }) }));
  expect(await scene.check()).toMatchObject({ status: 'good' });
});

test('clocks may differ, but not by more than is allowed', async () => {
  scene.server.play(scene.honest());
  const ahead = (ms: number) => ({ clock: { now: () => Date.now() + ms } });
  expect(await scene.check({ ...ahead(HOUR + 50_000) })).toMatchObject({ status: 'good' });
  expect(await scene.check({ ...ahead(-50_000) })).toMatchObject({ status: 'good' });
  expect(await failureOf(scene.check({ ...ahead(-50_000), clockSkewMs: 0 }))).toMatchObject({
    code: 'response_not_yet_valid',
  });
});
