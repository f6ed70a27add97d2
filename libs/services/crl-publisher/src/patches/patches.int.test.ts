import { createHash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { DCZ_HEADER_OCTETS } from '@kakunin/publication';
import type { RunningService } from '@kakunin/runtime';
import { startTestPostgres, type TestPostgres } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, metric, newest, PublisherBench, revoked, urlOf } from '../testing/publisher-bench.ts';

let postgres: TestPostgres;
let bench: PublisherBench;
let service: RunningService;
beforeAll(async () => {
  postgres = await startTestPostgres();
  bench = await PublisherBench.open(postgres);
  service = await bench.start();
  await bench.addAuthority('a');
  for (let serial = 1; serial <= 300; serial += 1) {
    await bench.certify('a', serial.toString(16), { status: revoked() });
  }
  await eventually('300 entries', async () => (await newest(service, 'a'))?.entries === 300);
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
const patched = (serials: number) =>
  eventually('patches', async () => {
    const crl = await newest(service, 'a');
    return crl?.entries === serials && crl.patches && crl.patches.length > 0 && crl;
  });

it('a new CRL gets patches from its predecessors, which rebuild it', async () => {
  await patched(300).catch(() => undefined);
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
