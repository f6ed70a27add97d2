import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificateDer, checkResponderCertificate, isIssuedBy, parseCertificate } from '@kakunin/x509';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOpensslCa, openssl } from './openssl-ca.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-openssl-ca-'));
});
afterAll(() => rm(directory, { recursive: true }));

const read = async (file: string) => parseCertificate(certificateDer(await readFile(file)));

test.each(['rsa', 'p256', 'p384'] as const)('issues, revokes and signs a CRL with %s', async (keyType) => {
  const ca = await createOpensslCa(join(directory, keyType), { keyType });
  const authority = await read(ca.certificateFile);
  const leaf = await ca.issue('leaf');
  const responder = await read((await ca.issueResponder()).certificateFile);
  await ca.revoke(leaf.certificateFile, 'keyCompromise');
  await ca.enter([
    { serialNumber: '2A', notAfter: Date.UTC(2030, 0) },
    { serialNumber: '2B', notAfter: Date.UTC(2030, 0), revoked: { at: Date.UTC(2026, 0), reason: 'superseded' } },
  ]);

  expect(isIssuedBy(await read(leaf.certificateFile), authority)).toBe(true);
  expect(responder.ocspNoCheck).toBe(true);
  expect(checkResponderCertificate({ certificate: responder, authority, now: Date.now() })).toEqual({ ok: true });
  const crl = await openssl(['crl', '-in', await ca.generateCrl(), '-noout', '-text', '-CAfile', ca.certificateFile]);
  expect(crl).toContain('verify OK');
  expect(crl.match(/Serial Number: \w+/g)).toEqual(['Serial Number: 2B', 'Serial Number: 1000']);
  expect(await readFile(ca.indexFile, 'utf8')).toMatch(/^R\t.*,keyCompromise\t1000\t/);
});
