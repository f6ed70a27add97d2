import { createTestCa, type TestKeyType } from '@kakunin/testing/test-ca';
import { expect, test } from 'vitest';
import { maxSignatureLength } from './signature-length.ts';
import { X509Error } from './x509-error.ts';
import { generateKeyPairSync } from 'node:crypto';

test.each<[TestKeyType, number]>([
  ['rsa', 256],
  ['p256', 72],
  ['p384', 104],
  ['ed25519', 64],
])('signatures of %s have at most %i octets, and some have', async (keyType, length) => {
  const { credential } = await createTestCa({ keyType });
  expect(maxSignatureLength(credential.key.publicKey)).toBe(length);
  const lengths = new Set<number>();
  // Both INTEGERs of an ECDSA signature begin with a set bit in one of four.
  for (let count = 0; count < 200 && !lengths.has(length); count++)
    lengths.add((await credential.key.sign(Uint8Array.of(count))).length);
  expect(Math.max(...lengths)).toBe(length);
});

test('other keys are refused', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp521r1' });
  expect(() => maxSignatureLength(publicKey.export({ format: 'der', type: 'spki' }))).toThrow(X509Error);
});
