import { CRL_PUBLISHED, type EventRecord } from '@kakunin/event-log';
import { crlPublishedSchema, type ListedCrl } from '@kakunin/publication';
import type { RunningService } from '@kakunin/runtime';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, listed, newest, PublisherBench, revoked, urlOf } from '../testing/publisher-bench.ts';

const LABELS = ['13101', '13102', 'tokyo'];
const partition = (label: string) => ({ authorityId: 'a', partition: label });
const deltaOf = (label: string) => ({ ...partition(label), kind: 'delta' as const });

let postgres: TestDatabases;
let bench: PublisherBench;
let service: RunningService;
let profiles: Record<string, string>;
const announced: EventRecord[] = [];
beforeAll(async () => {
  postgres = await sharedTestPostgres();
  bench = await PublisherBench.open(postgres);
  await bench.eventLog.subscribe({
    topics: [CRL_PUBLISHED],
    start: { kind: 'positions', positions: [] },
    maxBatchSize: 100,
    onBatch: async (batch) => void announced.push(...batch),
    onFault: () => undefined,
  });
  const all = { publicBaseUrl: 'http://crl.example', deltas: true, onlyContains: 'userCerts' } as const;
  profiles = bench.profiles({ all, authorities: {} });
  service = await bench.start(profiles);
  await bench.addAuthority('a', { partitioned: true });
  for (const [index, label] of LABELS.entries())
    await bench.certify('a', (index + 1).toString(16), { partition: label });
});
afterAll(async () => {
  await bench.close();
  await postgres.stop();
});

const published = (series: Parameters<typeof newest>[1], what: (crl: ListedCrl) => boolean = () => true) =>
  eventually('a CRL', async () => {
    const crl = await newest(service, series);
    return crl && what(crl) ? crl : undefined;
  });

it('publishes the whole, and each partition that certificates are of, before anything is revoked', async () => {
  for (const label of LABELS) await published(partition(label));
  await published('a');
  for (const crl of await listed(service)) expect(crl).toMatchObject({ entries: 0, scheduled: true });
  for (const path of ['/crl/a/partitions/13101.crl', '/crl/a/partitions/13101.pem', '/crl/a.crl', '/crl/a/delta.crl'])
    expect((await fetch(urlOf(service, path))).status, path).toBe(200);
  expect((await fetch(urlOf(service, '/crl/a/partitions/99999.crl'))).status).toBe(404);
});

it('after one revocation publishes its partition and the delta to it, under one number, and nothing else', async () => {
  const before = await listed(service);
  await bench.certify('a', '1', { status: revoked('certificateHold'), partition: '13101' });
  const crl = await published(partition('13101'), ({ entries }) => entries === 1);
  const delta = await published(deltaOf('13101'), ({ entries }) => entries === 1);
  expect(crl.scheduled).toBe(false);
  expect(delta).toMatchObject({ crlNumber: crl.crlNumber, baseCrlNumber: crl.lastScheduledNumber, entries: 1 });
  const others = ({ partition: label }: ListedCrl): boolean => label !== '13101';
  expect((await listed(service)).filter(others)).toEqual(before.filter(others));
  const { url, immutableUrl } = delta;
  expect(url).toBe('/crl/a/partitions/13101/delta.crl');
  expect(immutableUrl).toBe(`/crl/a/partitions/13101/${delta.crlNumber}.delta.crl`);
  const [now, ever] = await Promise.all(
    [url, immutableUrl].map(async (path) => (await fetch(urlOf(service, path))).text()),
  );
  expect(now).toBe(ever);
});

it('announces which caches to purge', async () => {
  const crl = await newest(service, partition('13101'));
  const event = await eventually('the event', () =>
    announced
      .map(({ value }) => crlPublishedSchema.parse(JSON.parse(Buffer.from(value).toString())))
      .find(({ crlNumber }) => crlNumber === crl?.crlNumber.toString()),
  );
  expect(event).toEqual({
    type: 'crl_published',
    authorityId: 'a',
    crlNumber: crl?.crlNumber.toString(),
    partitions: ['13101'],
    paths: [
      '/crl/a/partitions/13101.crl',
      '/crl/a/partitions/13101.pem',
      '/crl/a/partitions/13101/delta.crl',
      '/crl/a/partitions/13101/delta.pem',
      '/crl/manifest.json',
    ],
  });
  expect(new Set(announced.map(({ key }) => key))).toEqual(new Set(['a']));
});

it('takes a hold back by removeFromCRL when it is released', async () => {
  await bench.certify('a', '1', { partition: '13101' });
  const crl = await published(partition('13101'), ({ entries }) => entries === 0);
  const delta = await published(deltaOf('13101'), ({ crlNumber }) => crlNumber === crl.crlNumber);
  expect(delta.entries).toBe(1);
});

it('publishes a partition that nobody has seen yet with its first certificate, and plans it with the others', async () => {
  await bench.certify('a', '4', { status: revoked(), partition: 'new' });
  const crl = await published(partition('new'));
  expect(crl).toMatchObject({ entries: 1, scheduled: true });
  expect(crl.nextPublication).toBe((await newest(service, 'a'))?.nextPublication);
});

it('answers conditional requests and names for partitions as for the whole', async () => {
  const first = await fetch(urlOf(service, '/crl/a/partitions/new.crl'));
  const etag = first.headers.get('etag') ?? '';
  expect(first.headers.get('content-type')).toBe('application/pkix-crl');
  const again = await fetch(urlOf(service, '/crl/a/partitions/new.crl'), { headers: { 'if-none-match': etag } });
  expect(again.status).toBe(304);
});

it('two publishers over one store make one set: complete CRLs and deltas together, nothing lost', async () => {
  const services = [service, await bench.start(profiles, 'two')];
  for (let serial = 10; serial < 22; serial += 1) {
    const label = LABELS[serial % LABELS.length] ?? '';
    await bench.certify('a', serial.toString(16), { status: revoked(), partition: label });
  }
  const seen = await Promise.all(
    services.map((one) =>
      eventually('four entries in each', async () => {
        const crls = await listed(one);
        const complete = crls.filter(
          ({ kind, partition: label = '' }) => kind === 'complete' && LABELS.includes(label),
        );
        return complete.length === 3 && complete.every(({ entries }) => entries === 4) && crls;
      }),
    ),
  );
  for (const crls of seen)
    for (const label of LABELS) {
      const [complete, delta] = crls.filter((crl) => crl.partition === label);
      expect(delta).toMatchObject({ kind: 'delta', crlNumber: complete?.crlNumber, entries: expect.any(Number) });
    }
});
