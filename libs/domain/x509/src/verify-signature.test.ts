import { constants, generateKeyPairSync, sign } from 'node:crypto';
import { encodeDer, objectIdentifier, sequence } from '@kakunin/der';
import { expect, test } from 'vitest';
import { signatureAlgorithmIdentifier } from './signature-algorithm.ts';
import { verifySignature } from './verify-signature.ts';

const data = Buffer.from('確認');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicKey = rsa.publicKey.export({ format: 'der', type: 'spki' });
const signatureAlgorithm = signatureAlgorithmIdentifier['rsa-sha256'];
const good = { signatureAlgorithm, publicKey, data, signature: sign('sha256', data, rsa.privateKey) };
const identifier = (id: string) => encodeDer(sequence(objectIdentifier(id)));

test('a signature of the key over the data', () => {
  expect(verifySignature(good)).toBe(true);
});

test('SHA-384 and SHA-512, as other authorities use them', () => {
  for (const [id, hash] of [
    ['1.2.840.113549.1.1.12', 'sha384'],
    ['1.2.840.113549.1.1.13', 'sha512'],
  ] as const) {
    const signature = sign(hash, data, rsa.privateKey);
    expect(verifySignature({ ...good, signatureAlgorithm: identifier(id), signature })).toBe(true);
  }
});

test.each([
  ['SHA-1', { signatureAlgorithm: identifier('1.2.840.113549.1.1.5'), signature: sign('sha1', data, rsa.privateKey) }],
  [
    'RSASSA-PSS',
    { signature: sign('sha256', data, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING }) },
  ],
  ['another key', { publicKey: ec.publicKey.export({ format: 'der', type: 'spki' }) }],
  ['a key that is none', { publicKey: Uint8Array.of(0x30, 0x00) }],
  ['an algorithm that is none', { signatureAlgorithm: Uint8Array.of(0x05, 0x00) }],
  ['other data', { data: Buffer.from('確認 ') }],
  ['no signature', { signature: Buffer.alloc(0) }],
])('not with %s', (_, changed) => {
  expect(verifySignature({ ...good, ...changed })).toBe(false);
});
