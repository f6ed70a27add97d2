import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectStore } from '@kakunin/objects';
import { Killed } from '@kakunin/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LedgerScene, mixedSegment, PRODUCERS } from '../testing/ledger-scene.ts';
import { jst } from '../testing/usage-events.ts';

let scene: LedgerScene;
beforeAll(async () => {
  scene = await LedgerScene.open();
});
afterAll(() => scene.close());
beforeEach(() => scene.reset());

const [A, B, C] = PRODUCERS;
const NOTHING = { customers: [], segments: [] };
const idsOf = (producer: string, sequence: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${producer}/${sequence}/${index}`);

describe('the projection', () => {
  it('brings each segment into the ledger of everybody who is in it, in the order of journals and numbers', async () => {
    await scene.count([mixedSegment(B, 1, 4), mixedSegment(A, 2, 3), mixedSegment(A, 1, 600)]);
    expect(await scene.projection().step(NOTHING)).toMatchObject({ segments: 3, leaves: 607, faults: [] });
    expect(await scene.eventIdsOf('pf-a')).toEqual([...idsOf(A, 1, 300), ...idsOf(A, 2, 2), ...idsOf(B, 1, 2)]);
    expect(await scene.eventIdsOf('pf-b')).toEqual([...idsOf(A, 1, 300), ...idsOf(A, 2, 1), ...idsOf(B, 1, 2)]);
    expect(await scene.read()).toEqual({
      pending: '0',
      heads: { 'pf-a': 304, 'pf-b': 303 },
      leaves: {
        'pf-a a 2026-11-15': 302,
        'pf-a b 2026-11-15': 2,
        'pf-b a 2026-11-15': 301,
        'pf-b b 2026-11-15': 2,
      },
    });
    expect(await scene.projection().step(NOTHING)).toMatchObject({ segments: 0 });
  });

  it('counts leaves by their day in Japan', async () => {
    await scene.count([
      mixedSegment(A, 1, 1, { time: jst('2026-11-30T23:59:59.999') }),
      mixedSegment(A, 2, 1, { time: jst('2026-12-01T00:00:00') }),
    ]);
    await scene.projection().step(NOTHING);
    expect((await scene.read()).leaves).toEqual({ 'pf-a a 2026-11-30': 1, 'pf-a a 2026-12-01': 1 });
  });

  it('leaves plain files that a web server can serve', async () => {
    await scene.count([mixedSegment(A, 1, 600)]);
    await scene.projection().step(NOTHING);
    const files = join(scene.directory, 'ledgers/pf-a');
    expect(readFileSync(join(files, 'checkpoint'), 'utf8')).toMatch(/^kakunin\/test\/pf-a\n300\n/);
    expect(readFileSync(join(files, 'tile/entries/000'), 'utf8')).toContain(`"eventId":"${A}/1/0"`);
    expect(readdirSync(join(files, 'tile/0')).toSorted()).toEqual(['000', '001.p']);
  });

  it('takes a late segment, after those that came before it', async () => {
    await scene.count([mixedSegment(A, 2, 2)]);
    await scene.projection().step(NOTHING);
    await scene.count([mixedSegment(A, 1, 2)]);
    await scene.projection().step(NOTHING);
    expect(await scene.eventIdsOf('pf-a')).toEqual([...idsOf(A, 2, 1), ...idsOf(A, 1, 1)]);
  });

  it('by two at once adds everything once', async () => {
    const segments = [1, 2, 3, 4].flatMap((number) => PRODUCERS.map((producer) => mixedSegment(producer, number, 20)));
    await scene.count(segments);
    await Promise.all([scene.projection().step(NOTHING), scene.projection().step(NOTHING)]);
    expect(new Set(await scene.eventIdsOf('pf-a')).size).toBe(120);
    const { pending, heads, leaves } = await scene.read();
    expect({ pending, heads }).toEqual({ pending: '0', heads: { 'pf-a': 120, 'pf-b': 120 } });
    expect(Object.values(leaves)).toEqual([40, 40, 40, 40, 40, 40]);
  });
});

describe('a projection that is stopped', () => {
  /** The store as a process sees it that dies at its write with number `lives`. */
  const dyingAt = (lives: number): ObjectStore => {
    let left = lives;
    const write = <T>(act: () => Promise<T>): Promise<T> => {
      left -= 1;
      return left < 0 ? Promise.reject(new Killed()) : act();
    };
    const { objects } = scene;
    return {
      stage: (content) => objects.stage(content),
      put: (key, octets) => write(() => objects.put(key, octets)),
      open: (key) => objects.open(key),
      point: (pointer, key, expected) => write(() => objects.point(pointer, key, expected)),
      target: (pointer) => objects.target(pointer),
      list: (prefix, after) => objects.list(prefix, after),
      remove: (key) => objects.remove(key),
    };
  };

  it('at any of its writes is completed by the next, and nothing is there twice', async () => {
    for (let lives = 0; ; lives += 1) {
      await scene.reset();
      await scene.count([mixedSegment(C, 1, 520, { platformProvider: 'pf-a' })]);
      const { faults } = await scene.projection(dyingAt(lives)).step(NOTHING);
      await scene.count([mixedSegment(C, 2, 3, { platformProvider: 'pf-a' })]);
      await scene.projection().step(NOTHING);
      expect(await scene.eventIdsOf('pf-a')).toEqual([...idsOf(C, 1, 520), ...idsOf(C, 2, 3)]);
      expect(await scene.read()).toEqual({
        pending: '0',
        heads: { 'pf-a': 523 },
        leaves: { 'pf-a c 2026-11-15': 523 },
      });
      if (faults.length === 0) return;
    }
  });

  it('between ledger and database settles what is in the ledger already', async () => {
    const segment = mixedSegment(A, 1, 10, { platformProvider: 'pf-a' });
    await scene.count([segment]);
    await scene.ledgers().writerOf('pf-a').append([segment]);
    await scene.projection().step(NOTHING);
    expect(await scene.read()).toEqual({ pending: '0', heads: { 'pf-a': 10 }, leaves: { 'pf-a a 2026-11-15': 10 } });
  });
});

describe('what cannot be projected', () => {
  it('a ledger whose files are damaged: holds up nobody else', async () => {
    await scene.count([mixedSegment(A, 1, 600)]);
    await scene.projection().step(NOTHING);
    rmSync(join(scene.directory, 'ledgers/pf-a/tile/0/001.p'), { recursive: true });
    await scene.count([mixedSegment(A, 2, 2)]);
    const { faults } = await scene.projection().step(NOTHING);
    expect(faults).toMatchObject([{ what: { customer: 'pf-a' }, error: { code: 'damaged' } }]);
    expect((await scene.read()).heads).toEqual({ 'pf-a': 300, 'pf-b': 301 });
    const aside = { customers: ['pf-a'], segments: [] };
    expect(await scene.projection().step(aside)).toMatchObject({ segments: 0 });
    expect(await scene.store.pendingCount()).toBe(1);
  });

  it('a segment that is missing from the archive: holds up no other', async () => {
    await scene.count([mixedSegment(A, 1, 2)]);
    rmSync(join(scene.directory, 'usage'), { recursive: true });
    await scene.count([mixedSegment(A, 2, 2)]);
    const { faults } = await scene.projection().step(NOTHING);
    expect(faults).toMatchObject([{ what: { segment: `${A}/1` }, error: { code: 'archive_damaged' } }]);
    expect(await scene.eventIdsOf('pf-a')).toEqual(idsOf(A, 2, 1));
    const aside = { customers: [], segments: [`${A}/1`] };
    expect(await scene.projection().step(aside)).toMatchObject({ segments: 0 });
  });
});
