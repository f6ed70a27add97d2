import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOpensslCa, openssl } from '@kakunin/testing/openssl-ca';
import { createTestCa } from '@kakunin/testing/test-ca';
import { certificateDer, decodePem, parseCertificate, serialNumberHex, serialNumberOctets } from '@kakunin/x509';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeCrl } from './encode-crl.ts';
import { parseCrl } from './parse-crl.ts';
import type { RevokedCertificate } from './revoked-certificate.ts';
import { verifyCrl } from './verify-crl.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-crl-'));
});
afterAll(() => rm(directory, { recursive: true }));

test.each(['rsa', 'p256', 'p384', 'ed25519'] as const)(
  'openssl verifies and reads what a %s key signs',
  async (keyType) => {
    const ca = await createTestCa({ keyType });
    const now = Date.now();
    const entries: readonly RevokedCertificate[] = Array.from({ length: 3000 }, (_, index) => ({
      serialNumber: serialNumberOctets((0xf000 + index).toString(16)),
      revocationDate: Date.UTC(2026, 0, 1, 0, 0, index),
      ...(index % 2 ? { reason: 'keyCompromise', invalidityDate: Date.UTC(2025, 11, 31) } : {}),
    }));
    const list = {
      issuer: ca.certificate.subject,
      thisUpdate: now,
      nextUpdate: now + 86_400_000,
      crlNumber: 2n ** 70n,
      authorityKeyIdentifier: ca.certificate.subjectKeyIdentifier!,
      entries,
    };
    const [crl, caFile] = [join(directory, 'list.crl'), join(directory, 'ca.pem')];
    await writeFile(crl, encodeCrl(list, ca.credential.key));
    await writeFile(caFile, ca.certificatePem);

    const printed = await openssl([
      'crl',
      '-inform',
      'DER',
      '-in',
      crl,
      '-CAfile',
      caFile,
      '-noout',
      '-text',
      '-crlnumber',
    ]);
    expect(printed).toContain('verify OK');
    expect(printed).toContain('crlNumber=0x400000000000000000');
    expect(printed.match(/Serial Number: \w+/g)).toHaveLength(3000);
    expect(printed.match(/Key Compromise/g)).toHaveLength(1500);
    expect(printed.match(/Invalidity Date: \n\s+Dec 31 00:00:00 2025 GMT/g)).toHaveLength(1500);
    expect(printed).toContain(`Revocation Date: Jan  1 00:49:59 2026 GMT`);
  },
);

test('openssl checks a certificate against it', async () => {
  const ca = await createTestCa({ subject: [['CN', 'Checked']] });
  const [good, revoked] = [await ca.issue(), await ca.issue()];
  const list = {
    issuer: ca.certificate.subject,
    thisUpdate: Date.now(),
    nextUpdate: Date.now() + 86_400_000,
    crlNumber: 1n,
    authorityKeyIdentifier: ca.certificate.subjectKeyIdentifier!,
    entries: [{ serialNumber: revoked.certificate.serialNumberOctets, revocationDate: Date.now() }],
  };
  const path = (name: string) => join(directory, name);
  await writeFile(path('checked.crl'), encodeCrl(list, ca.credential.key));
  for (const [name, { certificatePem }] of Object.entries({ checked: ca, good, revoked }))
    await writeFile(path(`${name}.pem`), certificatePem);
  await openssl(['crl', '-inform', 'DER', '-in', path('checked.crl'), '-out', path('checked.crl.pem')]);
  const trust = ['-CAfile', path('checked.pem'), '-CRLfile', path('checked.crl.pem'), '-crl_check', '-x509_strict'];
  expect(await openssl(['verify', ...trust, path('good.pem')])).toContain('OK');
  await expect(openssl(['verify', ...trust, path('revoked.pem')])).rejects.toThrow('certificate revoked');
});

test('we verify and read what openssl signs', async () => {
  const ca = await createOpensslCa(join(directory, 'authority'), { keyType: 'rsa' });
  const revokedAt = Date.UTC(2026, 5, 1);
  await ca.enter([
    { serialNumber: '00FF', notAfter: Date.UTC(2030, 0), revoked: { at: revokedAt, reason: 'affiliationChanged' } },
    { serialNumber: '0A', notAfter: Date.UTC(2030, 0), revoked: { at: revokedAt } },
    { serialNumber: '0B', notAfter: Date.UTC(2030, 0) },
  ]);
  const crl = parseCrl(decodePem('X509 CRL', await readFile(await ca.generateCrl(), 'latin1')));
  const authority = parseCertificate(certificateDer(await readFile(ca.certificateFile)));
  expect(verifyCrl(crl, { authority, now: Date.now() })).toEqual({ ok: true, entries: 2 });
  expect(crl.crlNumber).toBe(1n);
  const entries = [...crl.entries].map(({ serialNumber, ...rest }) => ({
    ...rest,
    serialNumber: serialNumberHex(serialNumber),
  }));
  expect(entries).toEqual([
    { serialNumber: 'a', revocationDate: revokedAt },
    { serialNumber: 'ff', revocationDate: revokedAt, reason: 'affiliationChanged', invalidityDate: undefined },
  ]);
});
