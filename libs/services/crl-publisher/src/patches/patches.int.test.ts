import { createHash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { DCZ_HEADER_OCTETS } from '@kakunin/publication';
import type { RunningService } from '@kakunin/runtime';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTime, metric, newest, PublisherBench, revoked, urlOf } from '../testing/publisher-bench.ts';

let postgres: TestDatabases;
let bench: PublisherBench;
let service: RunningService;
beforeAll(async () => {
  postgres = await sharedTestPostgres();
  bench = await PublisherBench.open(postgres);
  service = await bench.start();
  await bench.addAuthority('a');
  for (let serial = 1; serial <= 300; serial += 1) {
    await bench.certify('a', serial.toString(16), { status: revoked() });
  }
  // From this version on there are patches.
  await inTime('a list of patches', async () => {
    const crl = await newest(service, 'a');
    return crl?.entries === 300 && crl.patches !== undefined;
  });
});
afterAll(async () => {
  await bench.close();
  await postgres.stop();
});

async function octets(path: string, headers: Record<string, string> = {}): Promise<Buffer> {
  const response = await fetch(urlOf(service, path), { headers: { 'accept-encoding': 'identity', ...headers } });
  expect(response.status, path).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}
const sha256 = (content: Buffer): Buffer => createHash('sha256').update(content).digest();
const offering = (dictionary: Buffer, acceptEncoding = 'gzip, dcz') => ({
  'accept-encoding': acceptEncoding,
  'available-dictionary': `:${sha256(dictionary).toString('base64')}:`,
});
const patched = (serials: number) =>
  inTime('patches', async () => {
    const crl = await newest(service, 'a');
    return crl?.entries === serials && crl.patches && crl.patches.length > 0 && crl;
  });

it('a new CRL gets patches from its predecessors, which rebuild it', async () => {
  await bench.certify('a', '301', { status: revoked() });
  const crl = await patched(301);
  const whole = await octets(crl.url);
  const sources = crl.patches ?? [];
  for (const { from, url, sha256: hash, bytes } of sources) {
    const patch = await octets(url);
    expect([patch.length, sha256(patch).toString('hex')]).toEqual([bytes, hash]);
    const dictionary = await octets(`/crl/a/${from}.crl`);
    expect(patch.subarray(8, DCZ_HEADER_OCTETS).equals(sha256(dictionary))).toBe(true);
    expect(zstdDecompressSync(patch.subarray(DCZ_HEADER_OCTETS), { dictionary }).equals(whole)).toBe(true);
    expect(patch.length).toBeLessThan(whole.length / 5);
  }
  expect(await metric(service, 'kakunin_crl_patches_total')).toBeGreaterThanOrEqual(sources.length);
});

it('who offers a version that he has gets the newest as a patch of it', async () => {
  const crl = await patched(301);
  const from = crl.patches?.at(-1)?.from;
  const old = await fetch(urlOf(service, `/crl/a/${from}.crl`));
  expect(old.headers.get('use-as-dictionary')).toBe('match="/crl/a.crl"');
  const dictionary = Buffer.from(await old.arrayBuffer());
  const response = await fetch(urlOf(service, crl.url), { headers: offering(dictionary) });
  expect(response.headers.get('content-encoding')).toBe('dcz');
  expect(response.headers.get('vary')).toBe('Accept-Encoding, Available-Dictionary');
  const patch = Buffer.from(await response.arrayBuffer());
  expect(patch.subarray(8, DCZ_HEADER_OCTETS).equals(sha256(dictionary))).toBe(true);
  const whole = await octets(crl.url);
  expect(zstdDecompressSync(patch.subarray(DCZ_HEADER_OCTETS), { dictionary }).equals(whole)).toBe(true);
  const known = { ...offering(dictionary), 'if-none-match': response.headers.get('etag') ?? '' };
  expect((await fetch(urlOf(service, crl.url), { headers: known })).status).toBe(304);
});

it.each<[string, (whole: Buffer) => Record<string, string>]>([
  ['a dictionary that is not known', () => offering(Buffer.from('none'))],
  ['the newest itself', offering],
  ['no coding for it', (whole) => offering(whole, 'gzip')],
  ['the coding refused', (whole) => offering(whole, 'gzip, dcz;q=0')],
  ['a header that is none', () => ({ 'accept-encoding': 'dcz', 'available-dictionary': 'x' })],
])('who offers %s gets it as anybody', async (_, headersOf) => {
  const { url } = await patched(301);
  const whole = await octets(url);
  const response = await fetch(urlOf(service, url), { headers: headersOf(whole) });
  expect(response.headers.get('content-encoding')).not.toBe('dcz');
  expect(Buffer.from(await response.arrayBuffer()).equals(whole)).toBe(true);
});
