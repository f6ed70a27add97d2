import { createHash } from 'node:crypto';
import { createTestCa } from '@kakunin/testing';
import { expect, test } from 'vitest';
import { fingerprintInHeader } from './client-certificate-header.ts';

const { certificate, certificatePem } = await (await createTestCa()).issueClient('client');
const fingerprint = createHash('sha256').update(certificate.der).digest('hex');
const base64 = Buffer.from(certificate.der).toString('base64');

test('RFC 9440: the DER in base64, between colons', () => {
  expect(fingerprintInHeader(`:${base64}:`)).toBe(fingerprint);
});

test('nginx: PEM, percent-encoded', () => {
  expect(fingerprintInHeader(encodeURIComponent(certificatePem))).toBe(fingerprint);
});

test.each([
  ['nothing', ''],
  ['base64 without colons', base64],
  ['two certificates', `:${base64}:, :${base64}:`],
  ['DER that is no certificate', ':MAA=:'],
  ['bad percent-encoding', '%zz'],
  ['another kind of PEM', encodeURIComponent(certificatePem.replaceAll('CERTIFICATE', 'PRIVATE KEY'))],
  ['two PEM certificates', encodeURIComponent(certificatePem + certificatePem)],
])('%s names nobody', (_, value) => expect(fingerprintInHeader(value)).toBeUndefined());
