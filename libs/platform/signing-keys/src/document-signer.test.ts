import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DocumentSigner } from './document-signer.ts';

const folder = mkdtempSync(join(tmpdir(), 'kakunin-signer-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

describe('DocumentSigner', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const signer = DocumentSigner.read(file('key.pem', privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()));

  it('makes signatures that openssl accepts, over these octets only', () => {
    const octets = Buffer.from('請求書');
    const signature = signer.sign(octets);
    expect(signature).toHaveLength(64);
    expect(new DocumentSigner(privateKey).sign(octets)).toEqual(signature);
    const key = ['-inkey', file('public.pem', signer.publicKeyPem), '-sigfile', file('signature', signature)];
    const verify = (content: string): string =>
      execFileSync('openssl', [
        'pkeyutl',
        '-verify',
        '-pubin',
        '-rawin',
        ...key,
        '-in',
        file('document', content),
      ]).toString();
    expect(verify('請求書')).toContain('Signature Verified Successfully');
    expect(() => verify('請求')).toThrow();
  });

  it.each<[string, string]>([
    ['no key', 'nothing'],
    [
      'another kind of key',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    ],
  ])('does not take %s, and says how to make one', (_what, pem) => {
    for (const name of [file('other.pem', pem), join(folder, 'absent.pem')]) {
      expect(() => DocumentSigner.read(name)).toThrow('openssl genpkey -algorithm ed25519');
    }
  });
});
