import { openssl } from '@kakunin/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestResponder } from './testing/test-responder.ts';
import type { TestCertificate } from './testing/test-responder.ts';

let responder: TestResponder;
beforeAll(async () => {
  responder = await TestResponder.start();
});
afterAll(() => responder.close());

/** What `openssl ocsp` says, which it only does after it has verified the answer. */
function ask(asked: readonly TestCertificate[], ...options: readonly string[]): Promise<string> {
  const ca = responder.file('ca.pem');
  const certificates = asked.flatMap(({ file }) => ['-cert', file]);
  const url = `${responder.url}/ocsp/bank`;
  return openssl(['ocsp', '-url', url, '-CAfile', ca, '-issuer', ca, ...options, ...certificates]);
}

const revoked = { status: 'revoked', revocationDate: Date.UTC(2026, 0, 31, 12), reason: 'keyCompromise' } as const;

describe('the openssl client verifies and reads', () => {
  test('good, with its nonce', async () => {
    const said = await ask([await responder.issue('good')]);
    expect(said).toMatch(/Response verify OK/);
    expect(said).toMatch(/good\.pem: good/);
    expect(said).not.toMatch(/WARNING: no nonce/);
  });

  test('revoked, with date and reason', async () => {
    const said = await ask([await responder.issue('revoked', revoked)]);
    expect(said).toMatch(/revoked\.pem: revoked/);
    expect(said).toMatch(/Reason: keyCompromise/);
    expect(said).toMatch(/Revocation Time: Jan 31 12:00:00 2026 GMT/);
  });

  test('held, and good again after its release', async () => {
    const held = await responder.issue('held', { ...revoked, reason: 'certificateHold' });
    expect(await ask([held], '-no_nonce')).toMatch(/Reason: certificateHold/);
    await responder.publishStatus(held.serialNumber, { status: 'good' });
    expect(await ask([held], '-no_nonce')).toMatch(/held\.pem: good/);
  });

  test('unknown, of a certificate that was never issued', async () => {
    expect(await ask([await responder.issueSecretly('stranger')])).toMatch(/stranger\.pem: unknown/);
  });

  test.each(['-sha1', '-sha256', '-sha384', '-sha512'])('CertIDs hashed with %s', async (algorithm) => {
    expect(await ask([await responder.issue('hashed')], algorithm)).toMatch(/hashed\.pem: good/);
  });

  test('several certificates in one message', async () => {
    const both = [await responder.issue('one'), await responder.issue('two', revoked)];
    const said = await ask(both);
    expect(said).toMatch(/one\.pem: good/);
    expect(said).toMatch(/two\.pem: revoked/);
  });
});

test('a revocation is seen although the answer before it was cached', async () => {
  const cached = await responder.issue('cached');
  for (let times = 0; times < 2; times += 1) expect(await ask([cached], '-no_nonce')).toMatch(/cached\.pem: good/);
  expect((await responder.manage('/metrics')).text).toMatch(/kakunin_ocsp_answers_total\{source="cached"\} [1-9]/);
  await responder.publishStatus(cached.serialNumber, revoked);
  expect(await ask([cached], '-no_nonce')).toMatch(/cached\.pem: revoked/);
});

test('an RSA responder certificate, put in place of the other, is taken up without a restart', async () => {
  const asked = await responder.issue('renewed');
  const next = await responder.ca.issueResponder({ keyType: 'rsa' });
  responder.write('signers/signature-g1', next);
  await expect
    .poll(() => ask([asked], '-resp_text'), { timeout: 20_000, interval: 500 })
    .toMatch(/sha256WithRSAEncryption/);
  expect(await ask([asked])).toMatch(/Response verify OK/);
});
