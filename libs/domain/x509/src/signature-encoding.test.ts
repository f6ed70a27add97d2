import { generateKeyPairSync, privateEncrypt, sign, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { digest } from './hash-algorithm.ts';
import { digestInfo, ecdsaSignature } from './signature-encoding.ts';

const data = Buffer.from('確認');

test.each([
  ['P-256', 'sha256'],
  ['P-384', 'sha384'],
])(
  'a raw ECDSA signature of %s becomes the one that OpenSSL verifies, whatever r and s begin with',
  (namedCurve, hash) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    // Of 200 signatures about 200 have a number with its top bit set, and one or two a leading zero octet.
    for (let round = 0; round < 200; round++) {
      const raw = sign(hash, data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
      expect(verify(hash, data, { key: publicKey, dsaEncoding: 'der' }, ecdsaSignature(raw))).toBe(true);
    }
  },
);

test('small numbers are written short', () => {
  expect(Buffer.from(ecdsaSignature(Buffer.from('000100ff', 'hex'))).toString('hex')).toBe('3007020101020200ff');
});

test('a DigestInfo, padded and raised to the private exponent, is the signature that OpenSSL makes', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signature = privateEncrypt(privateKey, digestInfo('sha256', digest('sha256', data)));
  expect(signature).toEqual(sign('sha256', data, privateKey));
});
