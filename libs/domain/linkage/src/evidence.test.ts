import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evidenceKeyId, type IdentificationStatement, openEvidence, signEvidence } from './evidence.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('ed25519').publicKey;
const key = { keyId: evidenceKeyId(publicKey), privateKey };
const STATEMENT: IdentificationStatement = {
  iss: 'registry',
  aud: 'sp-a',
  azp: 'pf-a',
  sub: '1ABC',
  iat: 1_700_000_000,
  purpose: 'login',
  proof: 'possession',
  proofHash: 'aGFzaA',
  status: 'good',
  since: 1_690_000_000_000,
  succeeded: false,
  auditHash: 'aGVhZA',
};
const evidence = signEvidence(STATEMENT, key);

describe('evidence', () => {
  it('is opened with the key that signed it, also when that is one of several', () => {
    expect(openEvidence(evidence, [other, publicKey])).toEqual(STATEMENT);
    expect(() => openEvidence(evidence, [other])).toThrow('no evidence');
  });

  it('is refused with any octet changed', () => {
    fc.assert(
      fc.property(fc.nat(evidence.length - 1), fc.constantFrom(...'Ab0_.='), (at, symbol) => {
        fc.pre(evidence[at] !== symbol);
        const changed = evidence.slice(0, at) + symbol + evidence.slice(at + 1);
        expect(() => openEvidence(changed, [publicKey])).toThrow('no evidence');
      }),
    );
  });

  it('is refused when it says another algorithm, or is none', () => {
    const [, payload, signature] = evidence.split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT', kid: key.keyId })).toString('base64url');
    for (const text of [`${header}.${payload}.${signature}`, `${evidence}.x`, '', '..', 'x'.repeat(20_000)])
      expect(() => openEvidence(text, [publicKey])).toThrow('no evidence');
  });
});
