import { generateKeyPairSync } from 'node:crypto';
import { evidenceKeyId, signEvidence } from '@kakunin/linkage';
import { expect, it } from 'vitest';
import { IdentificationError, verifyIdentification } from './index.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
const said = { purpose: 'login', proof: 'possession', proofHash: 'aa', status: 'usable', succeeded: true } as const;
const evidence = signEvidence(
  { iss: 'registry', aud: 'sp-a', azp: 'pf-a', sub: '1ABC', iat: 1_700_000_000, ...said, auditHash: 'bb' },
  { keyId: evidenceKeyId(publicKey), privateKey },
);

it('says what the registry said', () => {
  expect(verifyIdentification(evidence, { keys: [pem], serviceProvider: 'sp-a' })).toEqual({
    at: 1_700_000_000_000,
    serviceProvider: 'sp-a',
    platformProvider: 'pf-a',
    ppid: '1ABC',
    ...said,
    auditHash: 'bb',
  });
});

it('refuses evidence of others, under other keys, and what is none', () => {
  const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }).toString();
  const refused = (text: string, keys: readonly string[], serviceProvider: string) =>
    expect(() => verifyIdentification(text, { keys, serviceProvider })).toThrow(IdentificationError);
  refused(evidence, [pem], 'sp-b');
  refused(evidence, [other], 'sp-a');
  refused(`${evidence}x`, [pem], 'sp-a');
});
