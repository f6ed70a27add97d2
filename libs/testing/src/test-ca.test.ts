import { X509Certificate } from 'node:crypto';
import { checkResponderCertificate, isIssuedBy } from '@kakunin/x509';
import { expect, test } from 'vitest';
import { createTestCa } from './test-ca.ts';

test.each(['rsa', 'p256', 'p384', 'ed25519'] as const)(
  'node agrees with what a %s authority issues',
  async (keyType) => {
    const ca = await createTestCa({ keyType });
    const node = new X509Certificate(ca.certificatePem);
    expect(node.ca).toBe(true);
    expect(node.verify(node.publicKey)).toBe(true);
    for (const issued of await Promise.all([ca.issue(), ca.issueClient('pf'), ca.issueServer(), ca.issueResponder()])) {
      const leaf = new X509Certificate(issued.certificatePem);
      expect(leaf.checkIssued(node) && leaf.verify(node.publicKey) && leaf.checkPrivateKey(issued.privateKey)).toBe(
        true,
      );
      expect(isIssuedBy(issued.certificate, ca.certificate)).toBe(true);
    }
    expect(new X509Certificate((await ca.issueServer()).certificatePem).checkIP('127.0.0.1')).toBe('127.0.0.1');
  },
);

test('a responder may answer for its authority, a leaf may not', async () => {
  const ca = await createTestCa();
  const check = async (issued: ReturnType<typeof ca.issue>) =>
    checkResponderCertificate({ certificate: (await issued).certificate, authority: ca.certificate, now: Date.now() });
  expect(await check(ca.issueResponder())).toEqual({ ok: true });
  expect(await check(ca.issue())).toEqual({ ok: false, refusal: 'no_ocsp_signing' });
});
