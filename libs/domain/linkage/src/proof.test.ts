import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { challengeFits, challengeMessage, identificationMessage } from './challenge.ts';
import { verifyProof } from './proof.ts';

const challenge = {
  challengeId: 'c',
  challenge: new Uint8Array(32).fill(7),
  platformProvider: 'pf-a',
  serviceProvider: 'sp-b',
  expiresAt: 1_000,
};
const message = identificationMessage(challenge);
const spki = (key: KeyObject): Uint8Array => key.export({ format: 'der', type: 'spki' });
const signedBy = (keys: { publicKey: KeyObject; privateKey: KeyObject }, hash: string, data = message) => ({
  publicKey: spki(keys.publicKey),
  message,
  signature: sign(hash, data, keys.privateKey),
});

describe('identificationMessage', () => {
  it('stays what it is: signers rely on it', () => {
    expect(createHash('sha256').update(message).digest('hex')).toBe(
      'fd93927155c148b217530a48195e353f32c9e414a83d14ca1f8b24306c54e046',
    );
  });

  it('differs when anything differs', () => {
    const code = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
    fc.assert(
      fc.property(fc.tuple(code, code), fc.tuple(code, code), (one, other) => {
        const [a, b] = [one, other].map(([platformProvider, serviceProvider]) =>
          Buffer.from(identificationMessage({ ...challenge, platformProvider, serviceProvider })),
        );
        expect(a!.equals(b!)).toBe(one.join('/') === other.join('/'));
      }),
    );
  });
});

describe('challengeFits', () => {
  const use = { platformProvider: 'pf-a', serviceProvider: 'sp-b', now: 999 };
  it.each([
    [use, true],
    [{ ...use, now: 1_000 }, false],
    [{ ...use, platformProvider: 'pf-x' }, false],
    [{ ...use, serviceProvider: 'sp-x' }, false],
  ])('%j: %s', (with_, fits) => expect(challengeFits(challenge, with_)).toBe(fits));
});

describe('verifyProof', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });

  it('takes RSA, P-256 and P-384 with the hash that belongs to them', () => {
    expect(verifyProof(signedBy(rsa, 'sha256'))).toBe(true);
    expect(verifyProof(signedBy(p256, 'sha256'))).toBe(true);
    expect(verifyProof(signedBy(p384, 'sha384'))).toBe(true);
  });

  it('refuses another hash, message, key or kind of key', () => {
    expect(verifyProof(signedBy(rsa, 'sha1'))).toBe(false);
    expect(verifyProof(signedBy(p384, 'sha256'))).toBe(false);
    expect(verifyProof(signedBy(rsa, 'sha256', Buffer.from('another')))).toBe(false);
    expect(verifyProof(signedBy(rsa, 'sha256', Buffer.from(challengeMessage('holder-view', challenge))))).toBe(false);
    expect(verifyProof({ ...signedBy(rsa, 'sha256'), publicKey: spki(p256.publicKey) })).toBe(false);
    expect(verifyProof(signedBy(generateKeyPairSync('rsa', { modulusLength: 1024 }), 'sha256'))).toBe(false);
    expect(verifyProof(signedBy(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }), 'sha256'))).toBe(false);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (publicKey, signature) => {
        expect(verifyProof({ publicKey, message, signature })).toBe(false);
        expect(verifyProof({ publicKey: spki(p256.publicKey), message, signature })).toBe(false);
      }),
    );
  });
});
