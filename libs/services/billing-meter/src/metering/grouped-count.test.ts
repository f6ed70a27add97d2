import { Health } from '@kakunin/runtime';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import type { CountableSegment } from './countable-segment.ts';
import { GroupedCount } from './grouped-count.ts';
import { MeteringMetrics } from './metering-metrics.ts';
import type { SegmentStore } from './segment-store.ts';
import type { SequenceGaps } from './sequence-gaps.ts';

const segment = (name: string, octets = 1): CountableSegment => ({
  kind: 'journal',
  producer: name,
  sequence: 1n,
  octets: new Uint8Array(octets),
  compressed: new Uint8Array(),
  sha256: '',
  count: 0,
});
const fault = (code: string): Error => Object.assign(new Error(code), { code });

/** A store that counts when it is told to, and refuses what `faults` says. */
function scene(faults: ReadonlyMap<string, Error> = new Map()) {
  const groups: string[][] = [];
  const count = async (segments: readonly CountableSegment[]) => {
    groups.push(segments.map(({ producer }) => producer));
    await new Promise(setImmediate);
    for (const { producer } of segments) if (faults.has(producer)) throw faults.get(producer);
    return { segments: segments.length, duplicates: 0, records: 0 };
  };
  const health = new Health();
  const grouped = new GroupedCount(
    { count } as unknown as SegmentStore,
    { refresh: async () => undefined } as unknown as SequenceGaps,
    new MeteringMetrics(new Registry()),
    { now: () => 0 },
    health,
  );
  grouped.onModuleInit();
  return { groups, grouped, health };
}
const outcomes = async (counts: readonly Promise<void>[]): Promise<readonly unknown[]> =>
  (await Promise.allSettled(counts)).map((result) => (result.status === 'rejected' ? result.reason.code : 'counted'));

it('counts together what comes while it counts', async () => {
  const { groups, grouped } = scene();
  expect(await outcomes(['a', 'b', 'c'].map((name) => grouped.count([segment(name)])))).toEqual(
    Array(3).fill('counted'),
  );
  expect(groups).toEqual([['a'], ['b', 'c']]);
});

it('takes no more at once than memory is there for, and nothing gets lost or overtaken within a group', async () => {
  const { groups, grouped } = scene();
  const sizes = { a: 1, b: 20, c: 10, d: 20, e: 40 };
  const counts = Object.entries(sizes).map(([name, size]) => grouped.count([segment(name, size * 2 ** 20)]));
  expect(await outcomes(counts)).toEqual(Array(5).fill('counted'));
  expect(groups).toEqual([['a'], ['b', 'c'], ['d'], ['e']]);
});

it('refuses only the batch that is to blame', async () => {
  const { groups, grouped } = scene(new Map([['c', fault('segment_conflict')]]));
  const counts = ['a', 'b', 'c', 'd'].map((name) => grouped.count([segment(name)]));
  expect(await outcomes(counts)).toEqual(['counted', 'counted', 'segment_conflict', 'counted']);
  expect(groups).toEqual([['a'], ['b', 'c', 'd'], ['b'], ['c'], ['d']]);
});

it('refuses all while the store is full, says so, and is well again afterwards', async () => {
  const faults = new Map([['b', fault('store_full')]]);
  const { grouped, health } = scene(faults);
  expect(await outcomes(['a', 'b', 'c'].map((name) => grouped.count([segment(name)])))).toEqual([
    'counted',
    'store_full',
    'store_full',
  ]);
  expect(health.report()).toMatchObject({ ok: false, checks: [{ detail: expect.stringContaining('store_full') }] });
  faults.clear();
  await grouped.count([segment('b')]);
  expect(health.report().ok).toBe(true);
});
