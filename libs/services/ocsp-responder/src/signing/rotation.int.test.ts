import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certIdOf, encodeOcspRequest, parseOcspResponse, verifyOcspResponse } from '@kakunin/ocsp';
import { createSoftHsm, type SoftHsm } from '@kakunin/testing/soft-hsm';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AUTHORITY_ID, TestResponder } from '../testing/test-responder.ts';

let responder: TestResponder;
let hsm: SoftHsm;
let serialNumber: string;
beforeEach(async () => {
  // Before the workers begin: they hand its configuration on to the processes of tokens.
  hsm = await createSoftHsm();
  responder = await TestResponder.start({ KAKUNIN_OCSP_SIGNING_LIMIT_MILLISECONDS: '20000' });
  ({ serialNumber } = await responder.issue('asked'));
});
afterEach(async () => {
  await responder.close();
  await hsm.remove();
});

/** @returns the serial number of the responder whose answer may be relied upon; otherwise why not */
async function askOnce(): Promise<string> {
  const { certificate: authority } = responder.ca;
  const [nonce, certIds] = [randomBytes(16), [certIdOf(authority, serialNumber)]];
  const response = await fetch(`${responder.url}/ocsp`, {
    method: 'POST',
    headers: { 'content-type': 'application/ocsp-request' },
    body: encodeOcspRequest({ certIds, nonce }),
  });
  const parsed = parseOcspResponse(new Uint8Array(await response.arrayBuffer()));
  if (parsed.status !== 'successful') return `${parsed.status} ${response.headers.get('kakunin-error')}`;
  const expected = { certIds, nonce, authority, now: Date.now(), clockSkew: 1_000, maximumAge: 0 };
  const verified = verifyOcspResponse(parsed.basic, expected);
  return verified.ok ? verified.responder.serialNumber : verified.refusal;
}

/** As an operator does it: a new file, then a rename over the old one. */
function put(name: string, content: string): void {
  const file = responder.file(join('signers', AUTHORITY_ID, name));
  writeFileSync(responder.file('new'), content);
  renameSync(responder.file('new'), file);
}

async function intoToken({ privateKey, certificatePem }: IssuedCertificate): Promise<void> {
  await hsm.importKey(privateKey, 'next');
  const { module, tokenLabel, pinFile } = hsm;
  put('pkcs11.json', JSON.stringify({ module, tokenLabel, pinFile, keyLabel: 'next', timeLimitMs: 20_000 }));
  rmSync(responder.file(join('signers', AUTHORITY_ID, 'key.pem')));
  put('certificate.pem', certificatePem);
}

test('while keys change, from file to file and into a token, every request under way gets a good answer', async () => {
  const issueNext = (keyType: 'p384' | 'p256') => responder.ca.issueResponder({ keyType });
  const seen: string[] = [];
  const state = { asking: true };
  const asking = Array.from({ length: 4 }, async () => {
    while (state.asking) seen.push(await askOnce());
  });
  const signsFrom = ({ certificate }: IssuedCertificate) =>
    expect.poll(() => seen.at(-1), { timeout: 30_000 }).toBe(certificate.serialNumber);

  await expect.poll(() => seen.length).toBeGreaterThan(0);
  const [first] = seen;
  const [second, third] = [await issueNext('p384'), await issueNext('p256')];
  put('key.pem', second.keyPem);
  put('certificate.pem', second.certificatePem);
  await signsFrom(second);
  await intoToken(third);
  await signsFrom(third);
  state.asking = false;
  await Promise.all(asking);
  const signers = [first, second.certificate.serialNumber, third.certificate.serialNumber];
  expect(new Set(seen)).toEqual(new Set(signers));
  expect((await responder.manage('/readyz')).status).toBe(200);
});
