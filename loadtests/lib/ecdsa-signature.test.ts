import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { derOfSignature } from './ecdsa-signature.ts';

test.each(['P-256', 'P-384'])('Node verifies what it makes of a signature with %s', (namedCurve) => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
  for (let round = 0; round < 100; round += 1) {
    const message = Buffer.from(`message ${round}`);
    const plain = sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    expect(verify('sha256', message, publicKey, derOfSignature(plain))).toBe(true);
  }
});

test.each([
  ['small numbers lose their zeros', '0000000100000000', '3006020101020100'],
  ['a high bit gets an octet before it', '00000080ffffffff', '300b02020080020500ffffffff'],
])('%s', (_, plain, der) => {
  expect(Buffer.from(derOfSignature(Buffer.from(plain, 'hex'))).toString('hex')).toBe(der);
});
