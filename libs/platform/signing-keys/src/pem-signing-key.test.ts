import { generateKeyPairSync } from 'node:crypto';
import { signatureAlgorithmIdentifier, verifySignature } from '@kakunin/x509';
import { describe, expect, test } from 'vitest';
import { pemSigningKey } from './pem-signing-key.ts';

const p256 = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength }).privateKey;

const KEYS = {
  'rsa-sha256': [rsa(2048), ['pkcs8', 'pkcs1']],
  'ecdsa-p256-sha256': [p256(), ['pkcs8', 'sec1']],
  'ecdsa-p384-sha384': [generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey, ['pkcs8', 'sec1']],
  ed25519: [generateKeyPairSync('ed25519').privateKey, ['pkcs8']],
} as const;

const data = Buffer.from('確認');
const cases = Object.entries(KEYS).flatMap(([algorithm, [key, types]]) =>
  types.map((type) => [algorithm, type, key] as const),
);

describe.each(cases)('%s from %s', (algorithm, type, privateKey) => {
  const key = pemSigningKey(privateKey.export({ format: 'pem', type }).toString());
  const isGood = (signature: Uint8Array) =>
    verifySignature({
      signatureAlgorithm: signatureAlgorithmIdentifier[key.algorithm],
      publicKey: key.publicKey,
      data,
      signature,
    });

  test('signs', async () => {
    expect(key.algorithm).toBe(algorithm);
    expect(isGood(await key.sign(data))).toBe(true);
    expect(isGood(key.signNow?.(data) ?? data)).toBe(true);
  });

  test('signs what comes in pieces as if it were whole', async () => {
    expect(isGood(await key.signChunks([data.subarray(0, 2), data.subarray(2)]))).toBe(true);
  });

  test('lets what gives the pieces fail in its own words', async () => {
    const broken = {
      *[Symbol.iterator]() {
        yield data;
        throw new RangeError('no more');
      },
    };
    await expect(key.signChunks(broken)).rejects.toThrow(RangeError);
  });
});

test.each([
  ['RSA of 1024 bits', rsa(1024)],
  ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey],
  ['Ed448', generateKeyPairSync('ed448').privateKey],
])('%s is not used', (_, privateKey) => {
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  expect(() => pemSigningKey(pem)).toThrow(expect.objectContaining({ code: 'unsupported_algorithm' }));
});

test('an encrypted key, a public one and other text are refused without being repeated', () => {
  const key = p256();
  const encrypted = key
    .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-128-cbc', passphrase: 'secret' })
    .toString();
  for (const pem of [encrypted, 'nothing', '']) {
    expect(() => pemSigningKey(pem)).toThrow(expect.objectContaining({ code: 'malformed_pem' }));
    expect(() => pemSigningKey(pem)).toThrow('give PEM that is not encrypted');
  }
});
