import { createHash } from 'node:crypto';
import type { RunningService } from '@kakunin/runtime';
import {
  S3_START_LIMIT,
  sharedTestPostgres,
  startTestS3,
  type TestCa,
  type TestDatabases,
  type TestS3,
} from '@kakunin/testing';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { openObjectStore } from '@kakunin/object-store';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ArchiveAudit } from './archive/archive-audit.ts';
import { ArchivedCrls } from './archive/archived-crls.ts';
import { CrlArchive } from './archive/crl-archive.ts';
import { eventually, newest, PublisherBench, revoked, urlOf } from './testing/publisher-bench.ts';

let s3: TestS3;
let postgres: TestDatabases;
let bench: PublisherBench;
let services: readonly RunningService[];
let storeUrl: string;
let authority: TestCa;
beforeAll(async () => {
  [s3, postgres] = await Promise.all([startTestS3(), sharedTestPostgres()]);
  for (const [name, value] of Object.entries(s3.environment)) vi.stubEnv(name, value);
  bench = await PublisherBench.open(postgres);
  storeUrl = s3.createBucket('published').replace('/?', '/free/crls?');
  const store = { KAKUNIN_CRL_STORE_URL: storeUrl };
  services = [await bench.start(store, 'one'), await bench.start(store, 'two')];
}, S3_START_LIMIT);
afterAll(async () => {
  await bench.close();
  await postgres.stop();
  await s3.stop();
  vi.unstubAllEnvs();
});

it('two publishers over a bucket agree on the newest, and a CDN over it serves the same octets', async () => {
  authority = await bench.addAuthority('a');
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

it('what both have archived in the bucket is one whole chain', async () => {
  const store = await openObjectStore(storeUrl);
  const archive = new CrlArchive(store);
  const audit = new ArchiveAudit({ store, archive, archived: new ArchivedCrls(archive) });
  const found = [];
  for await (const one of audit.run('a', authority.certificate)) found.push(one);
  expect(found.at(-1)).toMatchObject({ faults: 0, series: 1, heads: { 'crl/a.crl': expect.any(String) } });
});
