import { recordKeyOf } from '@kakunin/evidence';
import { crlKey, patchListKey, patchListPointer } from '@kakunin/publication';
import { createTestCa, InMemoryObjectStore, type TestCa } from '@kakunin/testing';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ArchiveMetrics } from './archive-metrics.ts';
import { ArchivedCrls } from './archived-crls.ts';
import { PublicationArchive } from './publication-archive.ts';
import { Retention } from './retention.ts';
import { ServedCrls } from '../serving/served-crls.ts';
import { readAll } from '../read-all.ts';
import { entryOf, HOUR, SimulatedSeries } from './testing/simulated-series.ts';

const START = Date.UTC(2026, 0, 1);
const DAY = 24 * HOUR;

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

let store: InMemoryObjectStore;
let series: SimulatedSeries;
let registry: Registry;
let health: () => { ok: boolean };
let archive: PublicationArchive;
beforeEach(() => {
  store = new InMemoryObjectStore();
  series = new SimulatedSeries(store, ca);
  registry = new Registry();
  archive = new PublicationArchive({
    store,
    archive: series.archive,
    archived: new ArchivedCrls(series.archive),
    metrics: new ArchiveMetrics(registry),
    health: { register: (_: string, check: () => { ok: boolean }) => (health = check) } as never,
    logger: pino({ level: 'silent' }),
  });
});

const key = (crlNumber: number): string => crlKey(series.series, BigInt(crlNumber));
const hasRecord = async (crlNumber: number) => (await store.open(recordKeyOf(key(crlNumber)))) !== undefined;
const behind = async () => (await registry.getSingleMetric('kakunin_crl_archive_behind')!.get()).values;

/** As the publisher: the archive is told before the pointer moves. */
const publish = async (count: number, isArchived = false): Promise<void> => {
  for (let step = 0; step < count; step++) {
    const at = START + Number(series.newest?.descriptor.crlNumber ?? 0n) * HOUR;
    const previous = series.newest?.key;
    const descriptor = await series.publish([entryOf(1, START), entryOf(step + 2, at)], at, { isArchived: false });
    if (isArchived) await archive.keep(descriptor, previous);
  }
  await series.published.updateManifest([series.series]);
};

describe('what is published', () => {
  it('has its record', async () => {
    await publish(3, true);
    for (const number of [1, 2, 3]) expect(await hasRecord(number)).toBe(true);
    expect(health().ok).toBe(true);
    expect(await behind()).toEqual([]);
  });

  it('is published without it when that cannot be written, and told of until it is', async () => {
    await publish(2, true);
    const descriptor = await series.publish([], START + 2 * HOUR, { isArchived: false });
    store.isAway = true;
    await archive.keep(descriptor, key(2));
    expect(health().ok).toBe(false);
    expect(await behind()).toEqual([{ value: 1, labels: { authority: 'a' } }]);
    await expect(archive.catchUp()).rejects.toThrow();
    expect(health().ok).toBe(false);
    store.isAway = false;
    await archive.catchUp();
    expect(health().ok).toBe(true);
    expect(await behind()).toEqual([]);
    expect(await series.archive.records.find(key(3))).toMatchObject({ index: 2, isLate: true });
  });

  it('of before there was an archive gets its records at a start, in their order', async () => {
    await publish(12);
    await archive.catchUp();
    for (let number = 1; number <= 12; number++) {
      const facts = await series.archive.records.find(key(number));
      expect(facts).toMatchObject({ index: number - 1, isLate: true });
    }
    await publish(1, true);
    expect(await series.archive.records.find(key(13))).toMatchObject({ index: 12 });
  });

  it('behind a gap is not archived out of order', async () => {
    await publish(1);
    await publish(1, true);
    expect(await hasRecord(2)).toBe(false);
    await archive.catchUp();
    expect(await series.archive.records.find(key(2))).toMatchObject({ index: 1, predecessor: { crl: key(1) } });
  });
});

describe('retention', () => {
  const retention = (now: number): Retention =>
    new Retention({
      store,
      archived: new ArchivedCrls(series.archive),
      metrics: new ArchiveMetrics(new Registry()),
      clock: { now: () => now },
      logger: pino({ level: 'silent' }),
      filesKept: () => DAY,
    });
  const files = async (): Promise<readonly string[]> => {
    const keys: string[] = [];
    for await (const { key: each } of store.list('crl/a/')) keys.push(each);
    return keys;
  };

  it('takes away files that are old enough, and what was in them is served as before', async () => {
    await publish(40, true);
    const before = await Promise.all([1, 2, 16].map(async (number) => readAll((await store.open(key(number)))!)));
    const served = new ServedCrls(
      series.published,
      { now: () => START },
      { archived: new ArchivedCrls(series.archive) },
    );
    const asked = (crlNumber: bigint) =>
      served.find({ series: series.series, crlNumber, form: 'crl', acceptEncoding: 'identity' });
    const known = await asked(1n);
    await retention(START + 40 * HOUR).run();
    served.forget();
    expect((await files()).filter((one) => one.endsWith('.crl'))).toHaveLength(24);
    for (const [index, number] of [1n, 2n, 16n].entries()) {
      const found = await asked(number);
      const octets = await readAll({ read: () => found!.content.read() });
      expect(octets).toEqual(before[index]);
      expect(found!.content.bytes).toBe(octets.length);
      const part = await readAll({ read: () => found!.content.read({ start: 10, end: 50 }) });
      expect(part).toEqual(octets.subarray(10, 50));
    }
    expect((await asked(1n))!.etag).toBe(known!.etag);
  });

  it('goes on where the newest list of patches is that of an old CRL, for the newer ones have grown too large for any', async () => {
    await publish(40, true);
    const list = patchListKey(series.series, 2n);
    await store.put(list, Buffer.from('{}'));
    await store.point(patchListPointer(series.series), list);
    await retention(START + 40 * HOUR).run();
    expect((await files()).filter((one) => one.endsWith('.crl'))).toHaveLength(24);
    expect((await files()).filter((one) => /\/[12]\./.test(one))).toEqual([list]);
  });

  it('never touches the newest, nor what cannot be made again', async () => {
    await publish(3, true);
    await store.remove(recordKeyOf(key(1)));
    await retention(START + 100 * DAY).run();
    expect(await store.open(key(1))).toBeDefined();
    expect(await store.open(key(2))).toBeDefined();
    expect(await store.open(key(3))).toBeDefined();
  });

  it('takes away nothing that has no record', async () => {
    await publish(3);
    const before = await files();
    await retention(START + 100 * DAY).run();
    expect(await files()).toEqual(before);
  });
});
