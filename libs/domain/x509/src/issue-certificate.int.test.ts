import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openssl } from '@kakunin/testing/openssl-ca';
import { createTestCa } from '@kakunin/testing/test-ca';
import { afterAll, beforeAll, expect, test } from 'vitest';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-x509-'));
});
afterAll(() => rm(directory, { recursive: true }));

const path = (name: string) => join(directory, `${name}.pem`);

test.each(['rsa', 'p256', 'p384', 'ed25519'] as const)(
  'openssl verifies what a %s authority issues',
  async (keyType) => {
    const ca = await createTestCa({ keyType });
    const files = {
      ca,
      client: await ca.issueClient('pf'),
      server: await ca.issueServer(),
      responder: await ca.issueResponder(),
    };
    for (const [name, { certificatePem }] of Object.entries(files)) await writeFile(path(name), certificatePem);
    const verify = (purpose: string, name: string) =>
      openssl(['verify', '-x509_strict', '-CAfile', path('ca'), '-purpose', purpose, path(name)]);
    expect(await verify('sslclient', 'client')).toContain('OK');
    expect(await verify('sslserver', 'server')).toContain('OK');
    expect(await verify('ocsphelper', 'responder')).toContain('OK');
    const text = await openssl(['x509', '-in', path('responder'), '-noout', '-text']);
    expect(text).toContain('OCSP Signing');
    expect(text).toContain('OCSP No Check');
  },
);
