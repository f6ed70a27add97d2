import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertStatus, EXTENDED_REVOKE, OCSP_REFUSALS, parseOcspRequest } from '@kakunin/ocsp';
import { checkNonce } from '@kakunin/linkage';
import { createTestCa } from '@kakunin/testing/test-ca';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { KeptReceipt, OcspClientOptions } from './index.ts';
import { ClientScene, failureOf } from './testing/client-scene.ts';
import type { PlayingServer } from './testing/playing-server.ts';

let scene: ClientScene;
let server: PlayingServer;
beforeAll(async () => {
  scene = await ClientScene.open();
  ({ server } = scene);
});
afterAll(() => scene.close());

test('good, with times and the evidence that it is', async () => {
  server.play(scene.honest());
  const result = await scene.check();
  expect(result).toMatchObject({ status: 'good', source: 'ocsp' });
  if (result.source !== 'ocsp') throw new Error(result.source);
  expect(result.nextUpdate! - result.thisUpdate).toBe(3_600_000);
  expect(Buffer.from(result.evidence.request)).toEqual(server.seen[0]?.body);
  expect(Buffer.from(result.evidence.responderCertificate)).toEqual(Buffer.from(scene.responder.certificate.der));
  expect(result).not.toHaveProperty('receipts');
});

test.each<[CertStatus, object]>([
  [{ status: 'unknown' }, {}],
  [{ status: 'revoked', revocationTime: Date.UTC(2026, 0, 2), reason: 'keyCompromise' }, {}],
  [{ status: 'revoked', revocationTime: Date.UTC(2026, 0, 2) }, {}],
  [{ status: 'revoked', revocationTime: 0, reason: 'certificateHold' }, {}],
])('%j', async (certStatus, more) => {
  server.play(scene.honest({ certStatus }));
  expect(await scene.check()).toMatchObject({ ...certStatus, ...more });
  expect(await scene.check()).not.toHaveProperty('neverIssued');
});

test('never issued is told from held', async () => {
  const certStatus = { status: 'revoked', revocationTime: 0, reason: 'certificateHold' } as const;
  server.play(scene.honest({ certStatus, data: { extensions: [EXTENDED_REVOKE] } }));
  expect(await scene.check()).toMatchObject({ neverIssued: true });
});

test('the invalidityDate comes along', async () => {
  const invalidityDate = { id: '2.5.29.24', critical: false, value: Buffer.from('\u0018\u000f20260101000000Z') };
  const certStatus = { status: 'revoked', revocationTime: Date.UTC(2026, 0, 2) } as const;
  server.play(scene.honest({ certStatus, single: { extensions: [invalidityDate] } }));
  expect(await scene.check()).toMatchObject({ invalidityDate: Date.UTC(2026, 0, 1) });
});

test('calls as the PF provider, for a service provider and a purpose', async () => {
  server.play(scene.honest());
  const client = scene.client({ url: `${server.url}/ocsp/` });
  await client.checkStatus(scene.subject);
  await client.checkStatus({ ...scene.subject, serviceProvider: 'sp-a' });
  await client.checkStatus({ ...scene.subject, serviceProvider: 'sp-a', purpose: 'liveness_check' });
  expect(server.seen.map(({ path }) => path)).toEqual(['/ocsp', '/ocsp/sp-a', '/ocsp/sp-a/liveness_check']);
  expect(server.seen[0]).toMatchObject({ caller: 'pf', headers: { 'content-type': 'application/ocsp-request' } });
});

test('a check for an identification has a nonce that says for whom it is', async () => {
  server.play(scene.honest());
  const result = await scene.client().checkStatus({ ...scene.subject, serviceProvider: 'sp', identifyAs: 'pf' });
  const { random, ocspResponse } = (result.source === 'ocsp' && result.identificationCheck) || {
    random: '',
    ocspResponse: '',
  };
  const asked = { random: Buffer.from(random, 'base64'), platformProvider: 'pf', serviceProvider: 'sp' };
  const nonce = parseOcspRequest(server.seen[0]!.body, { maxRequests: 1 }).ok?.nonce;
  expect(Buffer.from(nonce!)).toEqual(Buffer.from(checkNonce(asked)));
  expect(result.source === 'ocsp' && Buffer.from(result.evidence.response).toString('base64')).toBe(ocspResponse);
  expect(
    await failureOf(scene.client().checkStatus({ ...scene.subject, serviceProvider: undefined, identifyAs: 'pf' })),
  ).toMatchObject({ code: 'invalid_input' });
});

test('every check has a nonce of its own, of 32 octets', async () => {
  server.play(scene.honest());
  await scene.check();
  await scene.check();
  const nonces = server.seen.map(({ body }) => parseOcspRequest(body, { maxRequests: 1 }).ok?.nonce);
  expect(nonces.map((nonce) => nonce?.length)).toEqual([32, 32]);
  expect(nonces[0]).not.toEqual(nonces[1]);
});

test('certificates are PEM or DER, and the CertID is hashed as wanted', async () => {
  server.play(scene.honest());
  const client = scene.client({ hashAlgorithm: 'sha1' });
  await client.checkStatus({ certificate: scene.leaf.certificate.der, issuer: Buffer.from(scene.ca.certificatePem) });
  const [asked] = parseOcspRequest(server.seen[0]!.body, { maxRequests: 1 }).ok!.requests;
  expect(asked?.certId.hashAlgorithm).toBe('sha1');
});

test('connections are kept, and no more are opened than allowed', async () => {
  server.play(scene.honest());
  const before = server.connections;
  const client = scene.client({ keepAlive: { maxSockets: 3 } });
  for (let round = 0; round < 3; round++)
    await Promise.all(Array.from({ length: 9 }, () => client.checkStatus(scene.subject)));
  expect(server.connections - before).toBe(3);
  expect(server.seen).toHaveLength(27);
});

test('a connection that lies idle is closed by this side', async () => {
  server.play(scene.honest());
  const client = scene.client({ keepAlive: { idleMs: 50 } });
  await client.checkStatus(scene.subject);
  const before = await server.open();
  await expect.poll(() => server.open()).toBeLessThan(before);
});

describe('a receipt', () => {
  const hash = Buffer.alloc(32, 9).toString('base64');
  const eventId = (number: number): string => `${'ab'.repeat(16)}/17/${number}`;
  const receipt = (number: number) => ({ ledger: 'kakunin/test/pf', eventId: eventId(number), recordHash: hash });
  let asked = 0;
  const withReceipts = (): void =>
    server.play(async (request) => ({
      ...((await scene.honest()(request)) as object),
      headers: { 'Kakunin-Receipt': `ledger="kakunin/test/pf", event="${eventId(asked++)}", leaf=:${hash}:` },
    }));
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kakunin-receipts-'));
    asked = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('is told, given to whoever keeps it, and in the file, before the result is', async () => {
    withReceipts();
    const kept: KeptReceipt[] = [];
    const receiptsFile = join(folder, 'receipts.ndjson');
    const client = scene.client({ onReceipts: (receipts) => void kept.push(...receipts), receiptsFile });
    expect(await client.checkStatus(scene.subject)).toMatchObject({ receipts: [receipt(0)] });
    expect(kept).toEqual([receipt(0)]);
    await Promise.all(Array.from({ length: 30 }, () => client.checkStatus(scene.subject)));
    const lines = (await readFile(receiptsFile, 'utf8')).trimEnd().split('\n');
    const names = lines.map((line) => (JSON.parse(line) as KeptReceipt).eventId).sort();
    expect(names).toEqual(Array.from({ length: 31 }, (_, number) => eventId(number)).sort());
    expect((await stat(receiptsFile)).mode & 0o777).toBe(0o600);
  });

  test('that cannot be kept costs no answer, and is a warning', async () => {
    withReceipts();
    const warned = once(process, 'warning');
    const result = await scene.check({ receiptsFile: join(folder, 'missing', 'receipts.ndjson') });
    expect(result).toMatchObject({ status: 'good', receipts: [receipt(0)] });
    expect((await warned)[0]).toMatchObject({ name: 'KakuninReceiptWarning' });
  });

  test('that is none is passed over', async () => {
    server.play(async (request) => ({
      ...((await scene.honest()(request)) as object),
      headers: { 'Kakunin-Receipt': 'abc' },
    }));
    expect(await scene.check({ receiptsFile: join(folder, 'r') })).not.toHaveProperty('receipts');
    expect(await readdir(folder)).toEqual([]);
  });
});

test.each(Object.entries(OCSP_REFUSALS))(
  '%s is refused, with the reason and what was exchanged',
  async (status, der) => {
    server.play({ body: der, headers: { 'kakunin-error': 'because' } });
    const error = await failureOf(scene.check({ retries: 0 }));
    expect(error).toMatchObject({ code: 'refused', ocspStatus: status, kakuninError: 'because', sent: true });
    expect(error.message).toContain('because');
    expect(Buffer.from(error.messages!.response)).toEqual(Buffer.from(der));
    expect(JSON.stringify(error) + Object.values(error).join()).not.toContain(scene.leaf.certificate.serialNumber);
  },
);

test.each([301, 404, 413, 500, 503])('HTTP %i is an error that says so', async (status) => {
  server.play({ status, body: OCSP_REFUSALS.tryLater });
  expect(await failureOf(scene.check({ retries: 0 }))).toMatchObject({ code: 'http_error', httpStatus: status });
});

test.each([
  ['a page', '<html>', 'malformed_der'],
  ['nothing', '', 'malformed_der'],
  ['something huge', Buffer.alloc(70_000, 0x30), 'too_long'],
])('%s is no OCSP response', async (_, body, reason) => {
  server.play({ body });
  expect(await failureOf(scene.check())).toMatchObject({ code: 'malformed_response', reason });
});

test('a body that is longer than announced, and one that never ends, are cut off', async () => {
  server.play({ headers: { 'content-length': '5000000000' }, body: Buffer.alloc(100_000) });
  expect(await failureOf(scene.check())).toMatchObject({ code: 'malformed_response', reason: 'too_long' });
});

test('asks for nothing with the wrong issuer, or with what is no certificate', async () => {
  server.play(scene.honest());
  const client = scene.client();
  const namesake = await createTestCa();
  const codes = await Promise.all(
    [
      { certificate: scene.leaf.certificatePem, issuer: namesake.certificatePem },
      { certificate: 'no', issuer: scene.ca.certificatePem },
      { certificate: scene.leaf.certificatePem, issuer: new Uint8Array([0x30, 0]) },
      { ...scene.subject, purpose: 'liveness_check' as const },
    ].map(async (wrong) => (await failureOf(client.checkStatus(wrong))).code),
  );
  expect(codes).toEqual(['issuer_differs', 'invalid_input', 'invalid_input', 'invalid_input']);
  expect(server.seen).toHaveLength(0);
});

test.each<[string, Partial<OcspClientOptions>]>([
  ['an address of another kind', { url: 'ldap://ocsp.example' }],
  ['no address', { url: 'ocsp' }],
  ['a key that is none', { tls: { key: 'x' } }],
  ['a time that is none', { timeoutMs: Number.NaN }],
])('%s is refused at once', (_, options) => {
  expect(() => scene.client(options)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
});
