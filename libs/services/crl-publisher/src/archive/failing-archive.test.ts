import { ObjectError, type ObjectStore } from '@kakunin/objects';
import { createTestCa, InMemoryObjectStore, type TestCa } from '@kakunin/testing';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { beforeAll, expect, it } from 'vitest';
import { ArchiveAudit } from './archive-audit.ts';
import { ArchiveMetrics } from './archive-metrics.ts';
import { ArchivedCrls } from './archived-crls.ts';
import { CrlArchive } from './crl-archive.ts';
import { PublicationArchive } from './publication-archive.ts';
import { entryOf, HOUR, SimulatedSeries } from './testing/simulated-series.ts';

const START = Date.UTC(2026, 0, 1);

let ca: TestCa;
beforeAll(async () => {
  ca = await createTestCa();
});

/** A store that fails once, at the given one of its calls. */
function failingAt(store: ObjectStore, call: number): { readonly store: ObjectStore; readonly calls: () => number } {
  let calls = 0;
  const fail = (): void => {
    calls += 1;
    if (calls === call) throw new ObjectError('store_unavailable', 'The store fails (test).');
  };
  const failing: Pick<ObjectStore, 'open' | 'stage'> = {
    open: async (key) => {
      fail();
      return store.open(key);
    },
    stage: async (content) => {
      fail();
      const staged = await store.stage(content);
      return {
        ...staged,
        publish: async (key) => {
          fail();
          await staged.publish(key);
          fail();
        },
      };
    },
  };
  return { store: Object.assign(Object.create(store) as ObjectStore, bound(store), failing), calls: () => calls };
}

const bound = (store: ObjectStore) => ({
  put: store.put.bind(store),
  point: store.point.bind(store),
  target: store.target.bind(store),
  list: store.list.bind(store),
  remove: store.remove.bind(store),
});

it('whichever step of it fails, the archive is whole when the store is there again', async () => {
  let steps = 0;
  for (let call = 1; ; call++) {
    const store = new InMemoryObjectStore();
    const failing = failingAt(store, call);
    const archive = new CrlArchive(failing.store);
    const keeper = new PublicationArchive({
      store: failing.store,
      archive,
      archived: new ArchivedCrls(archive),
      metrics: new ArchiveMetrics(new Registry()),
      health: { register: () => undefined } as never,
      logger: pino({ level: 'silent' }),
    });
    const series = new SimulatedSeries(store, ca);
    for (let step = 0; step < 5; step++) {
      const before = series.newest?.key;
      const entries = [entryOf(1, START), entryOf(step + 2, START)];
      await keeper.keep(await series.publish(entries, START + step * HOUR, { isArchived: false }), before);
    }
    await series.published.updateManifest([series.series]);
    if (failing.calls() < call) break;
    steps += 1;
    await keeper.catchUp();
    await keeper.catchUp();
    const audit = new ArchiveAudit({ store, archive: series.archive, archived: new ArchivedCrls(series.archive) });
    const found = [];
    for await (const one of audit.run('a', ca.certificate)) found.push(one);
    expect(found, `call ${call}`).toEqual([expect.objectContaining({ records: 5, faults: 0 })]);
  }
  expect(steps).toBeGreaterThan(30);
});
