import { createHash } from 'node:crypto';
import { crlPointer, type CrlSeries } from '@kakunin/publication';
import { createTestCa, type TestCa } from '@kakunin/testing';
import { expect, it } from 'vitest';
import { failingStore } from '../testing/failing-store.ts';
import { IssuingScene } from '../testing/issuing-scene.ts';
import { readAll } from '../read-all.ts';

const SERIES: readonly CrlSeries[] = [{}, { partition: '13101' }, { partition: '13102' }].flatMap((scope) =>
  (['complete', 'delta'] as const).map((kind) => ({ authorityId: 'a', ...scope, kind })),
);
const HOUR = 3_600_000;

/** A publisher that has published twice, and is about to publish everything again: the whole, two partitions, their deltas. */
async function aboutToPublish(ca: TestCa): Promise<IssuingScene> {
  const scene = await IssuingScene.open({ ca });
  scene.put(1, '13101');
  scene.put(2, '13102');
  await scene.settle();
  scene.now += HOUR;
  scene.revoke(1, '13101', 'certificateHold');
  await scene.settle();
  scene.now += HOUR;
  scene.put(1, '13101');
  scene.revoke(2, '13102');
  return scene;
}

/** What the public sees is whole: each pointer leads to a CRL that is what its descriptor says. @returns numbers by pointer */
async function numbers({ published }: IssuingScene): Promise<ReadonlyMap<string, bigint>> {
  const found = new Map<string, bigint>();
  for (const series of SERIES) {
    const crl = await published.newest(series);
    if (!crl) throw new Error(`${crlPointer(series)} is gone.`);
    expect(
      createHash('sha256')
        .update(await readAll(crl.content))
        .digest('hex'),
    ).toBe(crl.descriptor.sha256);
    found.set(crlPointer(series), crl.descriptor.crlNumber);
  }
  return found;
}

/** Publishes, and dies before the given change of the store. @returns whether it lived */
async function publishAndDie(scene: IssuingScene, before: number): Promise<boolean> {
  let changes = 0;
  const store = failingStore(scene.store, () => {
    changes += 1;
    if (changes >= before) throw new Error('killed');
  });
  await scene.settle(scene.issuer(store)).catch(() => undefined);
  return changes < before;
}

it('a publisher that dies at any change of the store leaves a good set, and the next one finishes it', async () => {
  const ca = await createTestCa();
  let lived = false;
  let steps = 0;
  for (; !lived; steps += 1) {
    const scene = await aboutToPublish(ca);
    const before = await numbers(scene);
    lived = await publishAndDie(scene, steps + 1);
    const between = await numbers(scene);
    for (const [pointer, number] of between) expect(number).toBeGreaterThanOrEqual(before.get(pointer) ?? 0n);
    await scene.settle();
    const after = await numbers(scene);
    for (const [pointer, number] of after) {
      expect(number).toBeGreaterThan(before.get(pointer) ?? 0n);
      expect(number).toBeGreaterThanOrEqual(between.get(pointer) ?? 0n);
      // Complete CRL and delta belong together, whatever came between them.
      expect(number).toBe(after.get(pointer.replace(/\/delta\.crl$/, '.crl')));
    }
    const moved = [...after].filter(([pointer, number]) => number !== before.get(pointer)).map(([pointer]) => pointer);
    const announced = new Set(scene.announced.flatMap(({ paths }) => paths));
    expect(moved.filter((pointer) => !announced.has(`/${pointer}`))).toEqual([]);
    expect(scene.intended).toEqual([]);
  }
  expect(steps).toBeGreaterThan(20);
});
