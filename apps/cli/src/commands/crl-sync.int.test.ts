import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlindListBuilder } from '@kakunin/blind-list';
import { encodeCrl } from '@kakunin/crl';
import { createTestCa, type TestCa } from '@kakunin/testing';
import { keyIdentifierOf } from '@kakunin/x509';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';

const HOUR = 3_600_000;
const sha256 = (octets: Uint8Array): Buffer => createHash('sha256').update(octets).digest();
const keys = generateKeyPairSync('ed25519');
const files = new Map<string, Buffer>();
let server: Server;
let ca: TestCa;
let run: (...args: string[]) => Promise<Outcome>;
let url: string;

async function crlOf(): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  const { subject, publicKey, subjectKeyIdentifier } = ca.certificate;
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  const list = {
    issuer: subject,
    thisUpdate: now - HOUR,
    nextUpdate: now + HOUR,
    crlNumber: 7n,
    authorityKeyIdentifier: subjectKeyIdentifier ?? keyIdentifierOf(publicKey),
    entries: [],
  };
  for await (const piece of encodeCrl(list, ca.credential.key)) pieces.push(piece);
  return Buffer.concat(pieces);
}

const listed = (path: string, octets: Buffer) => ({
  url: path,
  bytes: octets.length,
  sha256: sha256(octets).toString('hex'),
});

beforeAll(async () => {
  ca = await createTestCa();
  const [good, revoked] = [await ca.issue(), await ca.issue()];
  const crl = await crlOf();
  const builder = new BlindListBuilder({ salt: new Uint8Array(16).fill(1), certificates: 2 });
  builder.add(sha256(good.certificate.der), false);
  builder.add(sha256(revoked.certificate.der), true);
  const now = Date.now();
  const times = { number: 1, thisUpdate: now, nextUpdate: now + HOUR, issuedBefore: now };
  const list = Buffer.from(builder.build({ issuerKeyHash: sha256(ca.certificate.publicKeyBits), ...times }));
  const nextUpdate = new Date(now + HOUR).toISOString();
  const line = { authorityId: 'a', crlNumber: '7', nextUpdate, immutableUrl: '/crl/a/7.crl' };
  const manifest = Buffer.from(
    JSON.stringify({
      crls: [{ ...listed('/crl/a.crl', crl), ...line }],
      blindLists: [{ authorityId: 'a', full: { number: 1, ...listed('/blind-list/a/1.kbl', list) }, deltas: [] }],
    }),
  );
  files.set('/crl/a/7.crl', crl);
  files.set('/crl/manifest.json', manifest);
  files.set(`/crl/manifests/${sha256(manifest).toString('hex')}.json.sig`, sign(null, manifest, keys.privateKey));
  files.set('/blind-list/a/1.kbl', list);
  files.set('/blind-list/a/1.kbl.sig', sign(null, list, keys.privateKey));
  server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    response.writeHead(file ? 200 : 404).end(file);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/crl`;
  run = commandLine({
    files: {
      'ca.pem': ca.certificatePem,
      'good.pem': good.certificatePem,
      'revoked.pem': revoked.certificatePem,
      'key.pem': keys.publicKey.export({ type: 'spki', format: 'pem' }),
      'other.pem': generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }),
    },
  });
});
afterAll(() => void server.close());

const sync = (...options: string[]) =>
  run('crl', 'sync', url, 'copy', '--authority', 'a=ca.pem', '--manifest-key', 'key.pem', ...options);

it('keeps a copy, and says what it did', async () => {
  const first = await sync();
  expect([first.exitCode, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toMatch(/a\.crl +7 .* downloaded/);
  const again = await sync('-o', 'json');
  expect(JSON.parse(again.stdout)).toMatchObject({
    crls: [{ name: 'a.crl', crlNumber: '7', outcome: 'current', transferred: 0 }],
    failures: [],
  });
});

it.each<[number, string, readonly string[]]>([
  [1, 'missing', ['--partition', '13101']],
  [1, 'signature_invalid', ['--manifest-key', 'other.pem']],
  [2, 'ID=FILE', ['--authority', 'a']],
])('ends with %i, and says why: %s', async (exitCode, why, options) => {
  const outcome = await sync(...options);
  expect([outcome.exitCode, outcome.stdout + outcome.stderr]).toEqual([exitCode, expect.stringContaining(why)]);
});

it('ends with 3 when the publisher is away', async () => {
  const options = ['--authority', 'a=ca.pem', '--manifest-key', 'key.pem'];
  expect((await run('crl', 'sync', 'http://127.0.0.1:1/crl', 'copy', ...options)).exitCode).toBe(3);
});

it('blind-list check asks the published list', async () => {
  const check = (certificate: string, ...source: string[]) =>
    run('blind-list', 'check', certificate, '--issuer', 'ca.pem', '--signing-key', 'key.pem', ...source);
  const published = ['--url', url, '--authority', 'a'];
  expect(await check('good.pem', ...published)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('good') });
  expect((await check('revoked.pem', ...published)).exitCode).toBe(1);
  expect((await check('good.pem')).exitCode).toBe(2);
  expect((await check('good.pem', '--url', url)).exitCode).toBe(2);
  expect(await check('good.pem', '--url', url, '--authority', 'b')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('not_listed'),
  });
  expect((await check('good.pem', '--url', 'http://127.0.0.1:1/crl', '--authority', 'a')).exitCode).toBe(3);
});
