import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeCrl, type RevokedCertificate, type TbsCertList } from '@kakunin/crl';
import { OCSP_REFUSALS } from '@kakunin/ocsp';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';
import { encodePem } from '@kakunin/x509';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CrlFallback, OcspClientOptions } from './index.ts';
import { ClientScene, failureOf } from './testing/client-scene.ts';
import { type Play, PlayingServer } from './testing/playing-server.ts';

const HOUR = 3_600_000;
const NOW = Date.now() - (Date.now() % 1000);

let scene: ClientScene;
let publisher: PlayingServer;
let directory: string;
beforeAll(async () => {
  [scene, publisher] = await Promise.all([ClientScene.open(), PlayingServer.start()]);
  directory = await mkdtemp(join(tmpdir(), 'kakunin-client-'));
});
beforeEach(() => scene.server.play({ body: OCSP_REFUSALS.tryLater }));
afterAll(() => Promise.all([scene.close(), publisher.close(), rm(directory, { recursive: true })]));

interface Making extends Partial<TbsCertList> {
  readonly by?: TestCa;
}

async function crlOf(revoked: readonly Partial<RevokedCertificate>[], { by = scene.ca, ...rest }: Making = {}) {
  const { serialNumberOctets: serialNumber } = scene.leaf.certificate;
  const list = {
    issuer: by.certificate.subject,
    thisUpdate: NOW - HOUR,
    nextUpdate: NOW + HOUR,
    crlNumber: 7n,
    authorityKeyIdentifier: by.certificate.subjectKeyIdentifier!,
    entries: revoked.map((entry) => ({ serialNumber, revocationDate: NOW - HOUR, ...entry })),
    ...rest,
  };
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeCrl(list, by.credential.key)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const at = (name: string) => ({ url: `${publisher.url}/crl/${name}.crl` });
const falling = (more: Partial<CrlFallback> = {}): Partial<OcspClientOptions> => ({
  retries: 0,
  crl: { when: 'unreachable', lists: [at('a')], ...more },
});
const published = async (...made: Parameters<typeof crlOf>): Promise<Play> => ({
  body: await crlOf(...made),
  headers: { etag: '"7"' },
});

test('not in the list: good, from the CRL, and why not from the responder', async () => {
  publisher.play(await published([{ serialNumber: new Uint8Array([5]) }]));
  expect(await scene.check(falling())).toMatchObject({
    status: 'good',
    source: 'crl',
    thisUpdate: NOW - HOUR,
    nextUpdate: NOW + HOUR,
    insteadOf: { code: 'refused', ocspStatus: 'tryLater' },
  });
});

test('in the list: revoked, with what stands there, and the CRL as evidence', async () => {
  const crl = await crlOf([{ reason: 'superseded', invalidityDate: NOW - 2 * HOUR }]);
  publisher.play({ body: crl });
  const result = await scene.check(falling());
  const entry = { revocationTime: NOW - HOUR, reason: 'superseded', invalidityDate: NOW - 2 * HOUR };
  expect(result).toMatchObject({ status: 'revoked', ...entry });
  expect(result.source === 'crl' && Buffer.from(result.evidence.crl)).toEqual(crl);
});

test.each<[string, Partial<OcspClientOptions>, Play]>([
  ['is not there', { url: 'https://127.0.0.1:1/ocsp' }, 'close'],
  ['breaks off', {}, 'close'],
  ['is silent', { tryTimeoutMs: 100 }, 'silence'],
  ['is not trusted', { tls: {} }, 'close'],
  ['fails', {}, { body: OCSP_REFUSALS.internalError }],
  ['answers HTTP 503', {}, { status: 503 }],
])('when the responder %s, the CRL takes its place', async (_, options, play) => {
  scene.server.play(play);
  publisher.play(await published([]));
  expect(await scene.check({ ...falling(), ...options })).toMatchObject({ status: 'good', source: 'crl' });
});

test.each<[string, Play]>([
  ['malformed_response', { body: 'hello' }],
  ['refused', { body: OCSP_REFUSALS.unauthorized }],
  ['http_error', { status: 404 }],
])('%s is an error all the same', async (code, play) => {
  scene.server.play(play);
  publisher.play(await published([]));
  expect(await failureOf(scene.check(falling()))).toMatchObject({ code });
  expect(publisher.seen).toHaveLength(0);
});

test('never means never', async () => {
  publisher.play(await published([]));
  expect(await failureOf(scene.check(falling({ when: 'never' })))).toMatchObject({ code: 'refused' });
  expect(publisher.seen).toHaveLength(0);
});

test('it is downloaded once for all, asked for again after a while, and kept when it is the same or cannot be had', async () => {
  let now = NOW;
  const client = scene.client({ ...falling({ refreshMs: 1_000 }), clock: { now: () => now } });
  const check = async () => (await client.checkStatus(scene.subject)).status;
  publisher.play(await published([]), { status: 304 }, 'close', await published([{}]), 'close');
  expect(await Promise.all([check(), check(), check()])).toEqual(['good', 'good', 'good']);
  expect(publisher.seen).toHaveLength(1);
  for (const seen of [2, 3, 4]) {
    now += 1_001;
    expect(await check()).toBe('good');
    await expect.poll(() => publisher.seen.length).toBe(seen);
  }
  expect(publisher.seen.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"7"', '"7"', '"7"']);
  await expect.poll(check).toBe('revoked');
  now = NOW + HOUR + 61_000;
  const error = await failureOf(client.checkStatus(scene.subject));
  expect(error).toMatchObject({ code: 'crl_unusable', reason: 'out_of_date' });
});

test.each<[string, () => Promise<Play>, string]>([
  ['of another authority', async () => published([], { by: await otherCa() }), 'none_for_this_issuer'],
  ['of another key generation', async () => published([], { by: await createTestCa() }), 'none_for_this_issuer'],
  ['signed by another key', async () => ({ body: await forged() }), 'wrong_signature'],
  ['out of date', () => published([], { nextUpdate: NOW - HOUR / 2 }), 'out_of_date'],
  ['from the future', () => published([], { thisUpdate: NOW + HOUR / 2 }), 'from_the_future'],
  ['a delta', () => published([], { extensions: [delta] }), 'critical_extension'],
  ['no CRL', async () => ({ body: 'hello' }), 'not_read'],
  ['too long', async () => ({ body: Buffer.alloc(3_000) }), 'not_read'],
  ['not there', async () => ({ status: 404 }), 'not_read'],
  ['not to be had', async () => 'close', 'not_read'],
  ['damaged in the entry', async () => ({ body: await crlOf([{ revocationDate: Number.NaN }]) }), 'not_read'],
  ['damaged in its entries', async () => ({ body: await crlOf([{ serialNumber: new Uint8Array() }]) }), 'not_read'],
])('a CRL is not used when it is %s', async (_, play, reason) => {
  publisher.play(await play());
  const error = await failureOf(scene.check(falling({ maxOctets: 2_000 })));
  expect(error).toMatchObject({ code: 'crl_unusable', reason, sent: true });
  expect(error.message).toMatch(/tryLater.*A CRL could not be used instead/);
});

const delta = { id: '2.5.29.27', critical: true, value: Buffer.from('020101', 'hex') };
const otherCa = () => createTestCa({ subject: [['CN', 'Another CA']] });
async function forged(): Promise<Buffer> {
  const by = { ...(await createTestCa()), certificate: scene.ca.certificate };
  return crlOf([], { by });
}

test('of a certificate that had expired the CRL says nothing', async () => {
  const { certificatePem } = await scene.ca.issue({ notBefore: NOW - 9 * HOUR, notAfter: NOW - 2 * HOUR });
  publisher.play(await published([]));
  const client = scene.client(falling());
  const expired = client.checkStatus({ ...scene.subject, certificate: certificatePem });
  expect(await failureOf(expired)).toMatchObject({ code: 'crl_unusable', reason: 'certificate_expired' });
});

test('each authority has its own list, wherever it stands among them', async () => {
  const other = await createTestCa();
  const bodies: Record<string, Buffer> = {
    '/crl/a.crl': await crlOf([], { by: other }),
    '/crl/b.crl': await crlOf([{}]),
  };
  publisher.play(({ path }) => ({ body: bodies[path]! }));
  const client = scene.client(falling({ lists: [{ url: 'http://127.0.0.1:1/' }, at('a'), at('b')] }));
  const { certificatePem } = await other.issue();
  const theirs = { certificate: certificatePem, issuer: other.certificatePem };
  for (let round = 0; round < 2; round++) {
    expect(await client.checkStatus(scene.subject)).toMatchObject({ status: 'revoked' });
    expect(await client.checkStatus(theirs)).toMatchObject({ status: 'good' });
  }
  expect(publisher.seen).toHaveLength(2);
});

test('a file serves as well, PEM or DER, and is read again when it is another', async () => {
  const file = join(directory, 'a.crl');
  const client = scene.client(falling({ lists: [{ file }] }));
  const status = async () => (await client.checkStatus(scene.subject)).status;
  expect(await failureOf(status())).toMatchObject({ code: 'crl_unusable', reason: 'not_read' });
  await writeFile(file, encodePem('X509 CRL', await crlOf([])));
  expect(await status()).toBe('good');
  await writeFile(file, await crlOf([{}]));
  await utimes(file, 1, 1);
  await expect.poll(status).toBe('revoked');
});

test('a check that is aborted while the CRL is on its way does not wait for it', async () => {
  const abort = new AbortController();
  publisher.play(() => {
    abort.abort();
    return 'silence';
  });
  const client = scene.client(falling({ timeoutMs: 1_000 }));
  const failed = failureOf(client.checkStatus({ ...scene.subject, signal: abort.signal }));
  expect(await failed).toMatchObject({ code: 'aborted', sent: true });
});
