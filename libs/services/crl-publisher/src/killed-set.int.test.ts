import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crlPointer, type CrlSeries } from '@kakunin/publication';
import { createTestCa } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAll } from './read-all.ts';
import type { IssuingScene } from './testing/issuing-scene.ts';
import { aboutToPublishTheThird, publishTwoSets } from './testing/killed-set.ts';
import { runAndDie } from './testing/run-and-die.ts';

const parent = mkdtempSync(join(tmpdir(), 'kakunin-killed-set-'));
const TEMPLATE = join(parent, 'template');
/** Processes at a time. */
const AT_A_TIME = 4;
const SERIES: readonly CrlSeries[] = ['13101', '13102'].flatMap((partition) =>
  (['complete', 'delta'] as const).map((kind) => ({ authorityId: 'a', partition, kind })),
);

beforeAll(async () => {
  await publishTwoSets(parent, await createTestCa());
  cpSync(join(parent, 'published'), join(TEMPLATE, 'published'), { recursive: true, verbatimSymlinks: true });
  for (const file of ['ca.der', 'key.pem', 'now']) cpSync(join(parent, file), join(TEMPLATE, file));
});
afterAll(() => rmSync(parent, { recursive: true }));

/** @returns whether the publisher lived to its end */
const publishAndDie = (directory: string, before: number): Promise<boolean> =>
  runAndDie({ program: 'publish-set-and-die.ts', scratch: parent, directory, before });

/** What the public sees is whole: each pointer leads to a CRL that is what its descriptor says. @returns numbers by pointer */
async function numbers({ published }: IssuingScene): Promise<ReadonlyMap<string, bigint>> {
  const found = new Map<string, bigint>();
  for (const series of SERIES) {
    const crl = await published.newest(series);
    const octets = crl && (await readAll(crl.content));
    expect(octets && createHash('sha256').update(octets).digest('hex')).toBe(crl?.descriptor.sha256);
    found.set(crlPointer(series), crl?.descriptor.crlNumber ?? 0n);
  }
  return found;
}

/** @returns whether the publisher lived, and how many pointers had moved when it ended */
async function die(before: number) {
  const directory = join(parent, String(before));
  cpSync(TEMPLATE, directory, { recursive: true, verbatimSymlinks: true });
  const lived = await publishAndDie(directory, before);
  const next = await aboutToPublishTheThird(directory, 3n);
  const between = await numbers(next);
  await next.settle();
  const after = await numbers(next);
  for (const [pointer, number] of after) {
    expect(number).toBeGreaterThanOrEqual(between.get(pointer) ?? 0n);
    expect(number).toBeGreaterThan(2n);
    // Complete CRL and delta belong together, whatever came between them.
    expect(number).toBe(after.get(pointer.replace(/\/delta\.crl$/, '.crl')));
  }
  const listed = await next.published.list();
  expect(new Map(listed.map((crl) => [crlPointer(crl), crl.crlNumber]))).toEqual(after);
  rmSync(directory, { recursive: true });
  return { lived, moved: [...between.values()].filter((number) => number > 2n).length };
}

it('a publisher of a set that is killed before any change of the store leaves a good set, and the next one finishes it', async () => {
  // Once to its end: a process that lives leaves compiled code behind for those that are killed.
  expect(await die(Number.MAX_SAFE_INTEGER)).toEqual({ lived: true, moved: SERIES.length });
  const deaths: Awaited<ReturnType<typeof die>>[] = [];
  while (!deaths.some(({ lived }) => lived)) {
    const steps = Array.from({ length: AT_A_TIME }, (_, at) => deaths.length + at + 1);
    deaths.push(...(await Promise.all(steps.map(die))));
  }
  expect(deaths.filter(({ lived }) => !lived).length).toBeGreaterThan(15);
  // Nothing, a part, and all of it; pointers of two scopes move at a time.
  const moved = new Set(deaths.map((death) => death.moved));
  expect([...moved]).toEqual(expect.arrayContaining([0, SERIES.length]));
  expect(moved.size).toBeGreaterThan(2);
}, 180_000);
