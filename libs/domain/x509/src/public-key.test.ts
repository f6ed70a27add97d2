import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, it } from 'vitest';
import { importPublicKey, keyAlgorithmName } from './public-key.ts';

const spki = ({ publicKey }: { publicKey: KeyObject }): Uint8Array => publicKey.export({ format: 'der', type: 'spki' });

it.each([
  ['RSA 2048', spki(generateKeyPairSync('rsa', { modulusLength: 2048 }))],
  ['EC P-256', spki(generateKeyPairSync('ec', { namedCurve: 'P-256' }))],
  ['EC P-384', spki(generateKeyPairSync('ec', { namedCurve: 'P-384' }))],
  ['EC secp521r1', spki(generateKeyPairSync('ec', { namedCurve: 'P-521' }))],
  ['Ed25519', spki(generateKeyPairSync('ed25519'))],
])('calls a key %s', (name, key) => {
  expect(keyAlgorithmName(key)).toBe(name);
});

it('keeps a key for the next time, whoever holds its octets, but not for ever', () => {
  const key = spki(generateKeyPairSync('ed25519'));
  const first = importPublicKey(key);
  expect(importPublicKey(Buffer.concat([Buffer.alloc(3), key]).subarray(3))).toBe(first);
  for (let others = 0; others < 64; others++) importPublicKey(spki(generateKeyPairSync('ed25519')));
  expect(importPublicKey(key)).not.toBe(first);
  expect(importPublicKey(key).equals(first)).toBe(true);
});

it('refuses what is no key, each time', () => {
  for (let times = 0; times < 2; times++)
    expect(() => importPublicKey(new Uint8Array([0x30, 0]))).toThrow(
      expect.objectContaining({ code: 'malformed_certificate' }),
    );
});
