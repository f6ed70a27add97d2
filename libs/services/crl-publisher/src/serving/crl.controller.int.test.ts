import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { CrlDescriptor } from '@kakunin/publication';
import type { RunningService } from '@kakunin/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { eventually, newest, PublisherBench, revoked, urlOf } from '../testing/publisher-bench.ts';

const REVOKED = 50;

let postgres: TestDatabases;
let bench: PublisherBench;
let service: RunningService;
let crl: CrlDescriptor;
beforeAll(async () => {
  postgres = await sharedTestPostgres();
  bench = await PublisherBench.open(postgres);
  service = await bench.start();
});
afterAll(async () => {
  await bench.close();
  await postgres.stop();
});

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(urlOf(service, path), { method, headers: { 'accept-encoding': 'identity', ...headers } });

const octets = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer());

describe('the public listener', () => {
  it('says plainly that nothing is published yet', async () => {
    const response = await get('/crl/manifest.json');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not_found', detail: 'No CRL has been published yet.' });
  });

  it('serves the newest CRL with what a cache needs', async () => {
    await bench.addAuthority('signature-1');
    // More than one packet holds: encodings are laid beside it.
    for (let serial = 1; serial <= REVOKED; serial += 1)
      await bench.certify('signature-1', serial.toString(16), { status: revoked() });
    crl = await eventually('a CRL', async () => {
      const found = await newest(service, 'signature-1');
      return found?.entries === REVOKED && found;
    });
    const response = await get(crl.url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/pkix-crl');
    expect(response.headers.get('content-length')).toBe(String(crl.bytes));
    expect(response.headers.get('etag')).toBe(`"${crl.sha256}"`);
    const modified = Date.parse(response.headers.get('last-modified') ?? '');
    expect(Math.abs(modified - crl.publishedAt)).toBeLessThan(3_000);
    const caching = /^public, max-age=(\d+), stale-while-revalidate=60, stale-if-error=(\d+)$/;
    const [, maxAge, staleIfError] = caching.exec(response.headers.get('cache-control') ?? '') ?? [];
    expect(Number(maxAge)).toBeGreaterThan(3_500);
    expect(Number(maxAge)).toBeLessThanOrEqual(3_600);
    // From the next scheduled CRL, an hour from here, to nextUpdate, a day from here.
    expect(Number(staleIfError)).toBeGreaterThan(22 * 3_600);
    expect(Number(staleIfError)).toBeLessThanOrEqual(23 * 3_600);
    expect(response.headers.get('set-cookie')).toBeNull();
    await response.arrayBuffer();
  });

  it('answers HEAD like GET, without the body', async () => {
    const response = await get(crl.url, {}, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String(crl.bytes));
    expect(response.headers.get('etag')).toBe(`"${crl.sha256}"`);
    expect((await response.arrayBuffer()).byteLength).toBe(0);
  });

  it.each([
    ['If-None-Match', () => ({ 'if-none-match': `"${crl.sha256}"` })],
    ['If-Modified-Since', () => ({ 'if-modified-since': new Date(crl.publishedAt + 2_000).toUTCString() })],
  ])('answers 304 to %s', async (_name, headers) => {
    const response = await get(crl.url, headers());
    expect(response.status).toBe(304);
    expect(response.headers.get('etag')).toBe(`"${crl.sha256}"`);
    expect((await response.arrayBuffer()).byteLength).toBe(0);
  });

  it('refuses what was asked of another version', async () => {
    const response = await get(crl.url, { 'if-match': '"another"' });
    expect(response.status).toBe(412);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it.each(['zstd', 'br', 'gzip'])('serves it in %s, as another form of it', async (coding) => {
    const plain = await octets(await get(crl.url));
    const response = await get(crl.url, { 'accept-encoding': `${coding}, identity;q=0.1` });
    expect(response.headers.get('content-encoding')).toBe(coding);
    expect(response.headers.get('vary')).toBe('Accept-Encoding, Available-Dictionary');
    expect(response.headers.get('etag')).toBe(`"${crl.sha256}-${coding}"`);
    expect(Number(response.headers.get('content-length'))).toBeLessThan(plain.length);
    const encoded = await octets(response);
    // fetch itself decodes what it knows.
    expect((encoded.equals(plain) ? encoded : zstdDecompressSync(encoded)).equals(plain)).toBe(true);
    expect((await get(crl.url, { 'accept-encoding': coding, 'if-none-match': `"${crl.sha256}"` })).status).toBe(200);
    const known = { 'accept-encoding': coding, 'if-none-match': `"${crl.sha256}-${coding}"` };
    expect((await get(crl.url, known)).status).toBe(304);
  });

  it('serves parts of it, but not of two versions', async () => {
    const plain = await octets(await get(crl.url));
    const part = await get(crl.url, { range: 'bytes=100-' });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 100-${crl.bytes - 1}/${crl.bytes}`);
    expect((await octets(part)).equals(plain.subarray(100))).toBe(true);
    expect((await get(crl.url, { range: 'bytes=100-', 'if-range': `"${crl.sha256}"` })).status).toBe(206);
    expect((await octets(await get(crl.url, { range: 'bytes=100-', 'if-range': '"another"' }))).equals(plain)).toBe(
      true,
    );
    const behind = await get(crl.url, { range: `bytes=${crl.bytes}-` });
    expect(behind.status).toBe(416);
    expect(behind.headers.get('content-range')).toBe(`bytes */${crl.bytes}`);
    expect(behind.headers.get('cache-control')).toBe('no-store');
  });

  it('serves it as PEM, under a name of its own', async () => {
    const plain = await octets(await get(crl.url));
    for (const url of [crl.url, crl.immutableUrl]) {
      const response = await get(url.replace(/crl$/, 'pem'));
      expect(response.headers.get('content-type')).toBe('application/x-pem-file');
      expect(response.headers.get('etag')).toBe(`"${crl.sha256}-pem"`);
      const file = join(bench.directory, 'newest.pem');
      writeFileSync(file, await octets(response));
      const der = execFileSync('openssl', ['crl', '-in', file, '-outform', 'DER'], { stdio: 'pipe' });
      expect(der.equals(plain)).toBe(true);
    }
  });

  it('lets a numbered CRL be kept for ever, also when it is no longer the newest', async () => {
    const before = Buffer.from(await (await get(crl.immutableUrl)).arrayBuffer());
    await bench.certify('signature-1', (REVOKED + 1).toString(16), { status: revoked() });
    await eventually('the next CRL', async () => (await newest(service, 'signature-1'))?.entries === REVOKED + 1);
    const response = await get(crl.immutableUrl);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(Buffer.from(await response.arrayBuffer()).equals(before)).toBe(true);
  });

  it('revalidates the manifest', async () => {
    const response = await get('/crl/manifest.json');
    expect(response.headers.get('content-type')).toContain('application/json');
    await response.arrayBuffer();
    const etag = response.headers.get('etag') ?? '';
    expect((await get('/crl/manifest.json', { 'if-none-match': etag })).status).toBe(304);
    const later = { 'if-modified-since': new Date(Date.now() + 60_000).toUTCString() };
    expect((await get('/crl/manifest.json', later)).status).toBe(200);
  });

  it.each([
    '/crl/unknown.crl',
    '/crl/signature-1',
    '/crl/Signature-1.crl',
    '/crl/signature-1/99.crl',
    '/crl/signature-1/01.crl',
    '/crl/signature-1/1.json',
    '/crl/..%2f..%2fsigners%2fsignature-1%2fkey.pem',
    '/crl/signature-1/..%2f..%2f1.crl',
    '/crl/.staging/1.crl',
    '/crl/%00.crl',
  ])('knows no %s', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    await response.arrayBuffer();
  });
});
