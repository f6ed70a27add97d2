import type { CrlDescriptor } from '@kakunin/publication';
import type { RunningService } from '@kakunin/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestPostgres, type TestPostgres } from '@kakunin/testing';
import { eventually, newest, PublisherBench, revoked, urlOf } from './testing/publisher-bench.ts';

let postgres: TestPostgres;
let bench: PublisherBench;
let service: RunningService;
let crl: CrlDescriptor;
beforeAll(async () => {
  postgres = await startTestPostgres();
  bench = await PublisherBench.open(postgres);
  service = await bench.start();
});
afterAll(async () => {
  await bench.close();
  await postgres.stop();
});

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(urlOf(service, path), { method, headers });

describe('the public listener', () => {
  it('says plainly that nothing is published yet', async () => {
    const response = await get('/crl/manifest.json');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 'not_found', detail: 'No CRL has been published yet.' });
  });

  it('serves the newest CRL with what a cache needs', async () => {
    await bench.addAuthority('signature-1');
    await bench.certify('signature-1', '1', { status: revoked() });
    crl = await eventually('a CRL', async () => {
      const found = await newest(service, 'signature-1');
      return found?.entries === 1 && found;
    });
    const response = await get(crl.url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/pkix-crl');
    expect(response.headers.get('content-length')).toBe(String(crl.bytes));
    expect(response.headers.get('etag')).toBe(`"${crl.sha256}"`);
    expect(response.headers.get('last-modified')).toBe(new Date(crl.publishedAt).toUTCString());
    const maxAge = Number(/^public, max-age=(\d+)$/.exec(response.headers.get('cache-control') ?? '')?.[1]);
    expect(maxAge).toBeGreaterThan(3_500);
    expect(maxAge).toBeLessThanOrEqual(3_600);
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
    ['If-Modified-Since', () => ({ 'if-modified-since': new Date(crl.publishedAt).toUTCString() })],
  ])('answers 304 to %s', async (_name, headers) => {
    const response = await get(crl.url, headers());
    expect(response.status).toBe(304);
    expect(response.headers.get('etag')).toBe(`"${crl.sha256}"`);
    expect((await response.arrayBuffer()).byteLength).toBe(0);
  });

  it('lets a numbered CRL be kept for ever, also when it is no longer the newest', async () => {
    const before = Buffer.from(await (await get(crl.immutableUrl)).arrayBuffer());
    await bench.certify('signature-1', '2', { status: revoked() });
    await eventually('the next CRL', async () => (await newest(service, 'signature-1'))?.entries === 2);
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
