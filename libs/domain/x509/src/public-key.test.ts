import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { expect, it } from 'vitest';
import { keyAlgorithmName } from './public-key.ts';

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
