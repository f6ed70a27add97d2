import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { CERTIFICATE_EVENTS, identityHeaders } from '@kakunin/event-log';
import { certIdOf, encodeOcspRequest, parseOcspResponse } from '@kakunin/ocsp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AUTHORITY_ID, TestResponder } from './testing/test-responder.ts';

const run = promisify(execFile);

let responder: TestResponder;
let serialNumber: string;
beforeEach(async () => {
  responder = await TestResponder.start();
  ({ serialNumber } = await responder.issue('asked'));
});
afterEach(() => responder.close());

const requestWith = (nonce: Uint8Array): Uint8Array =>
  encodeOcspRequest({ certIds: [certIdOf(responder.ca.certificate, serialNumber)], nonce });

/** What is said to a request: the certificate's status, or the refusal and its code. */
async function ask(body = requestWith(randomBytes(16))): Promise<string> {
  const headers = { 'content-type': 'application/ocsp-request' };
  const response = await fetch(`${responder.url}/ocsp/bank`, { method: 'POST', headers, body: Buffer.from(body) });
  const parsed = parseOcspResponse(Buffer.from(await response.arrayBuffer()));
  if (parsed.status !== 'successful') return `${parsed.status} ${response.headers.get('kakunin-error')}`;
  return parsed.basic.responses[0]?.certStatus.status ?? 'nothing';
}

const readiness = async () => (await responder.manage('/readyz?verbose')).text;

/** The kernel refuses every write of this process to a file, as a full disk does; `unlimited` makes room again. */
const limitFiles = (limit: 0 | 'unlimited') => run('prlimit', ['--pid', `${process.pid}`, `--fsize=${limit}:`]);

test('a full disk under the journal: tryLater, not ready, uncharged; and all well again by itself when there is room', async () => {
  expect(await ask()).toBe('good');
  await limitFiles(0);
  try {
    expect(await ask()).toBe('tryLater journal_unavailable');
    expect(await readiness()).toMatch(/\[-\] usage-journal/);
    expect(await readiness()).toMatch(/not ready$/m);
  } finally {
    await limitFiles('unlimited');
  }
  await expect.poll(() => ask(), { timeout: 20_000 }).toBe('good');
  await responder.isReady();
  const answered = 2;
  await expect.poll(async () => (await responder.usage()).length, { timeout: 20_000 }).toBe(answered);
});

test('stale status data: tryLater and not ready, until fresh data comes', async () => {
  responder.clockOffset = 61_000;
  await expect.poll(() => ask()).toBe('tryLater status_data_stale');
  expect(await readiness()).toMatch(/\[-\] status-data/);
  responder.clockOffset = 0;
  await expect.poll(() => ask()).toBe('good');
});

test('an event that cannot be applied blocks its authority alone', async () => {
  const headers = identityHeaders({ producer: 'test', sequence: 1_000_000n });
  await responder.log.append([{ topic: CERTIFICATE_EVENTS, key: AUTHORITY_ID, value: Buffer.from('poison'), headers }]);
  await expect.poll(() => ask(), { timeout: 30_000 }).toBe('tryLater authority_blocked');
  expect(await readiness()).toMatch(/\[-\] status-data: .*signature-g1/);
});

test('an authority without a signer: tryLater and not ready, and the others answer', async () => {
  const { createTestCa } = await import('@kakunin/testing');
  await responder.publishAuthority('signature-g2', await createTestCa());
  await expect.poll(() => readiness()).toMatch(/\[-\] signers: signature-g2: no signer/);
  expect(await ask()).toBe('good');
});

test('a request repeated after a restart is answered and not recorded again', async () => {
  const body = requestWith(randomBytes(16));
  expect(await ask(body)).toBe('good');
  await responder.shut();
  await responder.open();
  expect(await ask(body)).toBe('good');
  expect(await ask()).toBe('good');
  await expect.poll(async () => (await responder.usage()).length, { timeout: 20_000 }).toBe(2);
});
