import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestCa } from '@kakunin/testing';
import type { IssuedCertificate, TestCa } from '@kakunin/testing';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AuthorityStatus } from '../answering/status-source.ts';
import { ResponderSigners } from './responder-signers.ts';

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

let directory: string;
let signers: ResponderSigners | undefined;
let authorities: AuthorityStatus[];
let now: number;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kakunin-signers-'));
  now = Date.now();
  authorities = [authority()];
});
afterEach(async () => {
  await signers?.close();
  rmSync(directory, { recursive: true });
});

const authority = (): AuthorityStatus => ({
  authorityId: 'signature-g1',
  certificateClass: 'signature',
  certificate: ca.certificate,
  asOf: now,
  blocked: false,
  lookup: () => ({ state: 'not_issued' }),
});

function put({ keyPem, certificatePem }: Pick<IssuedCertificate, 'keyPem' | 'certificatePem'>): void {
  const folder = join(directory, 'signature-g1');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'key.pem'), keyPem);
  writeFileSync(join(folder, 'certificate.pem'), certificatePem);
}

async function open(): Promise<ResponderSigners> {
  const source = {
    get: (id: string) => authorities.find(({ authorityId }) => authorityId === id),
    all: () => authorities,
  };
  signers = await ResponderSigners.open({ directory, source, clock: { now: () => now } });
  return signers;
}

test('signs with the certificate that the authority gave', async () => {
  const responder = await ca.issueResponder();
  put(responder);
  const opened = await open();
  const signer = opened.signerOf(authority(), now);
  expect(signer?.certificate.serialNumber).toBe(responder.certificate.serialNumber);
  expect(opened.signerOf(authority(), now)).toBe(signer);
  expect(opened.health()).toEqual({ ok: true, detail: '1 authorities have a signer' });
});

test('an authority without files has no signer, and health says where to put them', async () => {
  const opened = await open();
  expect(opened.signerOf(authority(), now)).toBeUndefined();
  expect(opened.health()).toMatchObject({
    ok: false,
    detail: expect.stringMatching(/signature-g1: no signer; put key\.pem/),
  });
});

test.each<[string, (other: TestCa) => Promise<IssuedCertificate>]>([
  ['not_issued_by_authority', (other) => other.issueResponder()],
  ['no_ocsp_signing', () => ca.issue()],
  ['expired', () => ca.issueResponder({ notBefore: now - 2000, notAfter: now - 1000 })],
])('%s: does not sign', async (reason, issue) => {
  put(await issue(await createTestCa()));
  const opened = await open();
  expect(opened.signerOf(authority(), now)).toBeUndefined();
  expect(opened.health()).toMatchObject({ ok: false, detail: expect.stringContaining(reason) });
});

test('a pair that came before its authority was known is checked before it signs', async () => {
  put(await (await createTestCa()).issueResponder());
  authorities = [];
  const opened = await open();
  expect(opened.health().ok).toBe(true);
  authorities = [authority()];
  expect(opened.signerOf(authority(), now)).toBeUndefined();
  expect(opened.health().ok).toBe(false);
});

test('stops signing when the certificate ends', async () => {
  put(await ca.issueResponder({ notBefore: now - 2000, notAfter: now + 10_000 }));
  const opened = await open();
  expect(opened.signerOf(authority(), now)).toBeDefined();
  now += 20_000;
  expect(opened.signerOf(authority(), now)).toBeUndefined();
  expect(opened.health()).toMatchObject({ ok: false, detail: expect.stringContaining('expired') });
});

test('a wrong replacement is refused, and the old pair goes on', async () => {
  const responder = await ca.issueResponder();
  put(responder);
  const opened = await open();
  put(await (await createTestCa()).issueResponder());
  await expect.poll(() => opened.health().ok, { timeout: 10_000 }).toBe(false);
  expect(opened.signerOf(authority(), now)?.certificate.serialNumber).toBe(responder.certificate.serialNumber);
});
