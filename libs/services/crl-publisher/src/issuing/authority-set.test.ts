import { crlPointer, type CrlSeries } from '@kakunin/publication';
import { InMemoryObjectStore } from '@kakunin/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { diskFull, failingStore } from '../testing/failing-store.ts';
import { IssuingScene } from '../testing/issuing-scene.ts';
import { readAll } from '../read-all.ts';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const FRESHEST_CRL = Buffer.from('0603551d2e', 'hex');
const [P1, P2] = ['13101', '13102'];

let scene: IssuingScene;
beforeEach(async () => {
  scene = await IssuingScene.open();
  scene.put(1, P1);
  scene.put(2, P2);
});

const newest = async (series: Omit<CrlSeries, 'authorityId'>) =>
  (await scene.published.newest({ authorityId: 'a', ...series }))?.descriptor;
/** One bit of an entry in this file is another one. */
const altered = (wanted: string) => async (key: string) => {
  const found = await scene.store.open(key);
  if (!found || key !== wanted) return found;
  const octets = Buffer.from(await readAll(found));
  // Its reason: superseded in place of keyCompromise.
  octets[octets.indexOf(Buffer.from('0603551d15', 'hex')) + 9]! ^= 5;
  return { ...found, read: () => [octets] as unknown as AsyncIterable<Uint8Array> };
};
const pointers = (published: readonly CrlSeries[]): readonly string[] => published.map(crlPointer).sort();

describe('what is published', () => {
  it('are all scopes at first, under one number, each with a delta that says nothing', async () => {
    const { published, unlisted } = await scene.settle();
    const partitions = ['crl/a/partitions/13101', 'crl/a/partitions/13102'];
    const names = ['crl/a', ...partitions].flatMap((name) => [`${name}.crl`, `${name}/delta.crl`]);
    expect(pointers(published)).toEqual(names);
    expect(new Set(published.map(({ crlNumber }) => crlNumber)).size).toBe(1);
    const delta = await newest({ partition: P1, kind: 'delta' });
    expect(delta).toMatchObject({ entries: 0, baseCrlNumber: delta?.crlNumber });
    expect(unlisted).toHaveLength(6);
    expect((await newest({ partition: P1 }))?.scheduled).toBe(true);
  });

  it('name a delta that is there, from the first on', async () => {
    for (let round = 0; round < 3; round += 1) {
      await scene.settle();
      for (const partition of [undefined, P1]) {
        const crl = await scene.published.newest({ authorityId: 'a', partition });
        expect((await readAll(crl!.content)).includes(FRESHEST_CRL)).toBe(true);
        expect((await newest({ partition, kind: 'delta' }))?.crlNumber).toBe(crl?.descriptor.crlNumber);
      }
      scene.now += HOUR;
    }
  });

  it('after a revocation is its partition, after a period everything, each with its delta of the same number', async () => {
    await scene.settle();
    const issuer = scene.issuer();
    await scene.settle(issuer);
    scene.revoke(1, P1);
    const { published } = await scene.settle(issuer);
    expect(pointers(published)).toEqual(['crl/a/partitions/13101.crl', 'crl/a/partitions/13101/delta.crl']);
    scene.now += HOUR;
    const all = await scene.settle(issuer);
    expect(all.published).toHaveLength(6);
    const [complete, delta] = [await newest({ partition: P1 }), await newest({ partition: P1, kind: 'delta' })];
    expect(delta?.crlNumber).toBe(complete?.crlNumber);
    // The scheduled one before is the base, of a scheduled delta too.
    expect(delta).toMatchObject({ baseCrlNumber: 1n, entries: 1 });
    expect((await newest({ kind: 'delta' }))?.entries).toBe(1);
  });

  it('is nothing when nothing has changed, also after a restart', async () => {
    await scene.settle();
    const issuer = scene.issuer();
    expect((await scene.settle(issuer)).published).toEqual([]);
    scene.revoke(1, P1, 'certificateHold');
    scene.put(1, P1);
    expect((await scene.settle(issuer)).published).toEqual([]);
  });

  it('leaves the whole out where the profile says so, and everything but the whole without a public URL', async () => {
    scene.profile = { ...scene.profile, whole: false };
    expect(pointers((await scene.settle()).published)).toEqual(
      ['13101', '13102'].flatMap((label) => [`crl/a/partitions/${label}.crl`, `crl/a/partitions/${label}/delta.crl`]),
    );
    scene = await IssuingScene.open();
    scene.put(1, P1);
    scene.profile = { ...scene.profile, publicBaseUrl: undefined, deltas: false };
    expect(pointers((await scene.settle()).published)).toEqual(['crl/a.crl']);
  });

  it('has deltas as soon as they are switched on', async () => {
    scene.profile = { ...scene.profile, deltas: false };
    await scene.settle();
    scene.profile = { ...scene.profile, deltas: true };
    await scene.settle();
    expect(await newest({ partition: P1, kind: 'delta' })).toMatchObject({ baseCrlNumber: 1n, entries: 0 });
  });

  it('keeps expired certificates where the authority keeps them, and says since when', async () => {
    scene.profile = { ...scene.profile, keepsExpiredSince: scene.now - YEAR };
    scene.put(1, P1, { status: 'revoked', revocationDate: scene.now - HOUR, reason: 'superseded' }, scene.now + HOUR);
    for (let hour = 0; hour < 5; hour += 1) {
      await scene.settle();
      scene.now += HOUR;
    }
    const crl = await scene.published.newest({ authorityId: 'a', partition: P1 });
    expect(crl?.descriptor.entries).toBe(1);
    const octets = crl && (await readAll(crl.content));
    expect(octets?.includes(Buffer.from('0603551d3c', 'hex'))).toBe(true);
    scene.profile = { ...scene.profile, keepsExpiredSince: undefined };
    await scene.settle();
    expect((await newest({ partition: P1 }))?.entries).toBe(0);
  });
});

describe('one partition in trouble', () => {
  it('holds up no other, and is tried again', async () => {
    await scene.settle();
    scene.revoke(1, P1);
    scene.revoke(2, P2);
    let full = true;
    const store = failingStore(scene.store, (_, key) => {
      if (full && key.includes(P1)) throw diskFull();
    });
    const issuer = scene.issuer(store);
    const { published, troubles } = await scene.settle(issuer);
    expect(published.every(({ partition }) => partition === P2)).toBe(true);
    expect(troubles).toMatchObject([{ scope: { partition: P1 }, reason: 'store_full' }]);
    expect((await newest({ partition: P1 }))?.entries).toBe(0);
    full = false;
    const after = await scene.settle(issuer);
    expect(after.troubles).toEqual([]);
    expect((await newest({ partition: P1 }))?.entries).toBe(1);
  });

  it('that has lost its entries keeps its CRL', async () => {
    scene.revoke(1, P1);
    await scene.settle();
    const lost = await IssuingScene.open();
    Object.assign(scene, { index: lost.index });
    scene.put(2, P2);
    scene.now += HOUR;
    const { troubles } = await scene.settle();
    expect(troubles.map(({ scope, reason }) => [scope.partition, reason])).toEqual([
      [undefined, 'entries_lost'],
      [P1, 'entries_lost'],
    ]);
    expect((await newest({ partition: P2 }))?.crlNumber).toBeGreaterThan(1n);
    expect(await newest({ partition: P1 })).toMatchObject({ crlNumber: 1n, entries: 1 });
  });

  it('whose files are gone from the store is named, and never begun anew', async () => {
    await scene.settle();
    await scene.store.point('crl/a/partitions/13101.crl', 'crl/a/partitions/13102/1.crl');
    const store = { ...failingStore(scene.store, () => undefined) };
    store.open = async (key) => (key === 'crl/a/partitions/13102/1.json' ? undefined : scene.store.open(key));
    scene.now += HOUR;
    const { troubles, published } = await scene.settle(scene.issuer(store));
    expect(new Set(troubles.map(({ reason }) => reason))).toEqual(new Set(['object_missing']));
    expect(pointers(published)).toEqual(['crl/a.crl', 'crl/a/delta.crl']);
  });

  it('of which a published file was altered is named, be it the newest or the base of its delta', async () => {
    scene.revoke(1, P1);
    const issuer = scene.issuer();
    await scene.settle(issuer);
    scene.revoke(3, P1);
    await scene.settle(issuer);
    expect(await newest({ partition: P1 })).toMatchObject({ crlNumber: 2n, lastScheduledNumber: 1n });
    for (const number of [1, 2]) {
      const store = {
        ...failingStore(scene.store, () => undefined),
        open: altered(`crl/a/partitions/13101/${number}.crl`),
      };
      scene.revoke(4, P1);
      const { troubles, published } = await scene.settle(scene.issuer(store));
      expect(troubles).toMatchObject([{ scope: { partition: P1 }, reason: 'predecessor_altered' }]);
      expect(published).toEqual([]);
    }
    expect((await scene.settle()).troubles).toEqual([]);
    expect((await newest({ partition: P1 }))?.entries).toBe(3);
  });

  it('a store that is away stops all, with one error', async () => {
    const store = new InMemoryObjectStore();
    store.isAway = true;
    await expect(scene.issuer(store).issue(scene.status())).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

describe('a clock', () => {
  it('that is set back a little makes no CRL of older data, and no number twice', async () => {
    await scene.settle();
    scene.now += HOUR;
    await scene.settle();
    scene.now -= 30_000;
    scene.revoke(1, P1);
    const { troubles } = await scene.settle();
    expect(new Set(troubles.map(({ reason }) => reason))).toEqual(new Set(['status_older_than_crl']));
    expect((await newest({ partition: P1 }))?.crlNumber).toBe(2n);
    scene.now += HOUR;
    expect((await scene.settle()).troubles).toEqual([]);
    expect((await newest({ partition: P1 }))?.entries).toBe(1);
  });

  it('that was a year ahead, the registry’s too, does not stop the publication once it is put right', async () => {
    scene.put(
      1,
      P1,
      { status: 'revoked', revocationDate: scene.now - HOUR, reason: 'superseded' },
      scene.now + 10 * HOUR,
    );
    await scene.settle();
    scene.now += YEAR;
    for (let hour = 0; hour < 3; hour += 1) {
      await scene.settle();
      scene.now += HOUR;
    }
    expect((await newest({ partition: P1 }))?.entries).toBe(0);
    scene.now -= YEAR;
    const { published, troubles } = await scene.settle();
    expect(troubles).toEqual([]);
    // It has not expired after all.
    expect((await newest({ partition: P1 }))?.entries).toBe(1);
    expect(published.every(({ scheduled, crlNumber }) => scheduled && crlNumber > 4n)).toBe(true);
    expect(published[0]?.nextPublication).toBe(scene.now + HOUR);
  });

  it('that is a day ahead of the registry’s makes nothing: nobody knows how old the data is', async () => {
    await scene.settle();
    scene.asOf = scene.now;
    scene.now += 24 * HOUR;
    expect(await scene.issuer().issue(scene.status())).toMatchObject({ outcome: 'withheld', reason: 'status_stale' });
  });
});

it('makes much in slices, what was revoked meanwhile first', async () => {
  for (let serial = 3; serial <= 120; serial += 1) scene.put(serial, `p${serial}`);
  const issuer = scene.issuer();
  const first = await issuer.issue(scene.status());
  expect(first).toMatchObject({ outcome: 'issued', nextPublication: scene.now });
  const slice = first.outcome === 'issued' ? first.published : [];
  expect(slice.length).toBeLessThan(2 * 100);
  const [done] = slice;
  scene.revoke(1, P1);
  const { published } = (await issuer.issue(scene.status())) as typeof first & { outcome: 'issued' };
  const urgent = done?.partition === undefined ? [] : published.map(({ partition }) => partition);
  expect(new Set(urgent)).toEqual(new Set([P1]));
  const rest = await scene.settle(issuer);
  // The whole and 120 partitions, complete and delta.
  expect(slice.length + rest.published.length).toBe(2 * 121);
  const planned = [...slice, ...rest.published].map(({ nextPublication }) => nextPublication);
  expect(new Set(planned).size).toBe(1);
});
