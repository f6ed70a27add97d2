import { createHash } from 'node:crypto';
import type { RunningService } from '@kakunin/runtime';
import { S3_START_LIMIT, startTestPostgres, startTestS3, type TestPostgres, type TestS3 } from '@kakunin/testing';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { eventually, newest, PublisherBench, revoked, urlOf } from './testing/publisher-bench.ts';

let s3: TestS3;
let postgres: TestPostgres;
let bench: PublisherBench;
let services: readonly RunningService[];
beforeAll(async () => {
  [s3, postgres] = await Promise.all([startTestS3(), startTestPostgres()]);
  for (const [name, value] of Object.entries(s3.environment)) vi.stubEnv(name, value);
  bench = await PublisherBench.open(postgres);
  const store = { KAKUNIN_CRL_STORE_URL: s3.createBucket('published').replace('/?', '/free/crls?') };
  services = [await bench.start(store, 'one'), await bench.start(store, 'two')];
}, S3_START_LIMIT);
afterAll(async () => {
  await bench.close();
  await postgres.stop();
  await s3.stop();
  vi.unstubAllEnvs();
});

it('two publishers over a bucket agree on the newest, and a CDN over it serves the same octets', async () => {
  await bench.addAuthority('a');
  for (let serial = 1; serial <= 5; serial++) {
    await bench.certify('a', serial.toString(16), { status: revoked() });
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  const [one, two] = await Promise.all(
    services.map((service) =>
      eventually('all five', async () => {
        const crl = await newest(service, 'a');
        return crl?.entries === 5 && crl;
      }),
    ),
  );
  expect(one).toEqual(two);
  const served = Buffer.from(await (await fetch(urlOf(services[0]!, one!.url))).arrayBuffer());
  expect(createHash('sha256').update(served).digest('hex')).toBe(one?.sha256);
  const client = new S3Client({ endpoint: s3.endpoint, region: 'ap-northeast-1', forcePathStyle: true });
  const found = await client.send(new GetObjectCommand({ Bucket: 'published', Key: 'free/crls/crl/a.crl' }));
  expect(found.ContentType).toBe('application/pkix-crl');
  expect(found.CacheControl).toContain('max-age=60');
  expect(Buffer.from((await found.Body?.transformToByteArray()) ?? []).equals(served)).toBe(true);
});
