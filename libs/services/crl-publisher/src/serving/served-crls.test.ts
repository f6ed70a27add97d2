import type { CrlDescriptor } from '@kakunin/publication';
import { InMemoryObjectStore } from '@kakunin/testing';
import { beforeEach, expect, it } from 'vitest';
import { PublishedCrls } from '../published-crls.ts';
import { ServedCrls } from './served-crls.ts';

const NOW = Date.UTC(2026, 10, 1);
const HOUR = 3_600_000;
const asked = { series: { authorityId: 'a' }, form: 'crl', acceptEncoding: undefined } as const;

let store: InMemoryObjectStore;
let published: PublishedCrls;
let now: number;
beforeEach(() => {
  store = new InMemoryObjectStore();
  published = new PublishedCrls(store);
  now = NOW;
});
const served = (): ServedCrls => new ServedCrls(published, { now: () => now });

async function publish(crlNumber: bigint, previous?: string): Promise<void> {
  const staged = await published.stage([Buffer.from(`CRL ${crlNumber}`)]);
  const { bytes, sha256 } = staged;
  const dates = { publishedAt: NOW, thisUpdate: NOW, nextPublication: NOW + HOUR, nextUpdate: NOW + 24 * HOUR };
  const names = {
    authorityId: 'a',
    kind: 'complete',
    certificateClass: 'signature',
    issuer: 'CN=a',
    keyAlgorithm: 'EC P-256',
  } as const;
  const rest = { scheduled: true, lastScheduledUpdate: NOW, entries: 0, url: '/', immutableUrl: '/' };
  const descriptor: CrlDescriptor = { ...names, ...dates, ...rest, crlNumber, bytes, sha256 };
  await published.publish(staged, descriptor);
  await published.pointAt(descriptor, previous);
}

it.each([
  [0, 'public, max-age=3600, stale-while-revalidate=60, stale-if-error=82800'],
  [HOUR - 500, 'public, max-age=0, stale-while-revalidate=60, stale-if-error=82800'],
  [2 * HOUR, 'public, max-age=0, stale-while-revalidate=60, stale-if-error=79200'],
  [24 * HOUR - 30_000, 'public, max-age=0, stale-while-revalidate=30, stale-if-error=30'],
  [25 * HOUR, 'public, max-age=0, stale-while-revalidate=0, stale-if-error=0'],
])('%d ms after publication a cache may keep it: %s', async (later, cacheControl) => {
  await publish(1n);
  now += later;
  expect((await served().find(asked))?.cacheControl).toBe(cacheControl);
});

it('remembers CRLs, and never which is the newest', async () => {
  const crls = served();
  await publish(1n);
  const first = await crls.find(asked);
  await publish(2n, 'crl/a/1.crl');
  expect((await crls.find(asked))?.etag).not.toBe(first?.etag);
  expect((await crls.find({ ...asked, crlNumber: 1n }))?.etag).toBe(first?.etag);
  expect(await crls.find({ ...asked, crlNumber: 3n })).toBeUndefined();
});

it('says that the newest is gone, and not that there was none', async () => {
  expect(await served().find(asked)).toBeUndefined();
  await store.put('crl/a/1.crl', Buffer.from('without its description'));
  await store.point('crl/a.crl', 'crl/a/1.crl');
  await expect(served().find(asked)).rejects.toMatchObject({ code: 'object_missing' });
});
