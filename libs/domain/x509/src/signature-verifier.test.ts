import { createTestCa } from '@kakunin/testing/test-ca';
import { expect, test } from 'vitest';
import { signatureAlgorithmIdentifier } from './signature-algorithm.ts';
import { signatureVerifier } from './signature-verifier.ts';

const pieces = ['確', '', '認'].map((text) => Buffer.from(text));
const whole = Buffer.concat(pieces);

type Signed = readonly [algorithm: Uint8Array, signature: Uint8Array, publicKey: Uint8Array];

function verified([algorithm, signature, publicKey]: Signed, data = pieces): boolean {
  const verifier = signatureVerifier(algorithm);
  for (const piece of data) {
    const lent = Uint8Array.from(piece);
    verifier.update(lent);
    lent.fill(0);
  }
  return verifier.verify(signature, publicKey);
}

test.each(['rsa', 'p256', 'p384', 'ed25519'] as const)('%s over pieces', async (keyType) => {
  const { key } = (await createTestCa({ keyType })).credential;
  const algorithm = signatureAlgorithmIdentifier[key.algorithm];
  const signature = await key.sign(whole);
  expect(verified([algorithm, signature, key.publicKey])).toBe(true);
  expect(verified([algorithm, signature, key.publicKey], pieces.slice(1))).toBe(false);
  expect(verified([algorithm, signature, (await createTestCa({ keyType })).credential.key.publicKey])).toBe(false);
  const other = keyType === 'rsa' ? 'p256' : 'rsa';
  expect(verified([algorithm, signature, (await createTestCa({ keyType: other })).credential.key.publicKey])).toBe(
    false,
  );
});

test('what is no algorithm, and what is no key', async () => {
  const { key } = (await createTestCa()).credential;
  const signature = await key.sign(whole);
  expect(verified([Uint8Array.of(5, 0), signature, key.publicKey])).toBe(false);
  expect(verified([signatureAlgorithmIdentifier[key.algorithm], signature, Uint8Array.of(0x30, 0)])).toBe(false);
});
