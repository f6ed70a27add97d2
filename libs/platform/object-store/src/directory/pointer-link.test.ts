import { cpSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, lutimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Freezing } from '../testing/freezing-file-system.ts';
import { DirectoryObjectStore } from './directory-object-store.ts';

// Files of other tests in this process have loaded the store with the true file system.
vi.hoisted(() => vi.resetModules());
vi.mock('node:fs/promises', async (original) => {
  const { freezingFileSystem } = await import('../testing/freezing-file-system.ts');
  return freezingFileSystem(await original());
});

const parent = mkdtempSync(join(tmpdir(), 'kakunin-pointer-'));
afterAll(() => rmSync(parent, { recursive: true }));

/** Objects 0 to 9: put once, since each is flushed to the disk, and copied. */
const objects = join(parent, 'objects');
beforeAll(async () => {
  const store = await DirectoryObjectStore.at(objects);
  for (let number = 0; number < 10; number++) await store.put(`a/${number}`, Buffer.from(String(number)));
});

/** A store with objects 0 to 9, and a pointer that stood at the first ones. */
async function scene(moves: number): Promise<{ store: DirectoryObjectStore; directory: string }> {
  const directory = mkdtempSync(join(parent, 'store-'));
  cpSync(objects, directory, { recursive: true });
  const store = await DirectoryObjectStore.at(directory);
  for (let move = 0; move < moves; move++) await store.point('a/newest', `a/${move}`);
  return { store, directory };
}

/** More changes than one move makes. */
const STEPS = Array.from({ length: 20 }, (_, step) => step + 1);
const seen = (directory: string): string => readFileSync(join(directory, 'a/newest'), 'utf8');

describe.each([1, 3])('a pointer after %d moves, and a process that is stopped or killed in the next', (moves) => {
  const before = `a/${moves - 1}`;

  it.each(STEPS)('before change %d: leads to the old or the new object, and on', async (step) => {
    const { store, directory } = await scene(moves);
    const other = await DirectoryObjectStore.at(directory);
    const outcome = await new Freezing(step).run(() => other.point('a/newest', 'a/8', before)).outcome;
    expect(['8', String(moves - 1)]).toContain(seen(directory));
    const target = await store.target('a/newest');
    expect(outcome === 'stopped' ? ['a/8', before] : ['a/8']).toContain(target);
    // What our own readers are told is what a web server shows.
    expect(`a/${seen(directory)}`).toBe(target);
    expect(await store.point('a/newest', 'a/9', target)).toBe(true);
    expect(seen(directory)).toBe('9');
  });

  it.each(STEPS)('before change %d: moves nothing back when it goes on', async (step) => {
    const { store, directory } = await scene(moves);
    const other = await DirectoryObjectStore.at(directory);
    const { outcome, thaw } = new Freezing(step).run(() => other.point('a/newest', 'a/8', before));
    const isStopped = (await outcome) === 'stopped';
    const target = await store.target('a/newest');
    for (const next of ['a/4', 'a/5', 'a/6']) await store.point('a/newest', next);
    expect(await thaw()).toBe(!isStopped || target === 'a/8');
    // First as a web server sees it: our own reader would finish what is unfinished.
    expect(seen(directory)).toBe('6');
    expect(await store.target('a/newest')).toBe('a/6');
  });
});

it('is stopped before each change that a move makes', async () => {
  const { store } = await scene(3);
  const all = new Freezing(Infinity);
  await all.run(() => store.point('a/newest', 'a/8')).outcome;
  expect(all.changes).toBeGreaterThan(8);
  expect(all.changes).toBeLessThan(STEPS.length);
});

describe('the versions of a pointer', () => {
  it('are found by a reader in one step or two, however many there were', async () => {
    const { store, directory } = await scene(1);
    for (let move = 0; move < 100; move++) await store.point('a/newest', `a/${move % 10}`);
    // Linux follows 40 links at most.
    expect(seen(directory)).toBe('9');
  });

  it('are removed when they have been superseded for a day', async () => {
    const { store, directory } = await scene(1);
    const versions = join(directory, '.pointers/a/newest');
    for (let move = 1; move < 60; move++) await store.point('a/newest', `a/${move % 10}`);
    const longAgo = new Date(Date.now() - 25 * 3_600_000);
    for (const name of readdirSync(versions).filter((one) => Number(one) <= 50)) {
      lutimesSync(join(versions, name), longAgo, longAgo);
    }
    for (let move = 0; move < 10; move++) await store.point('a/newest', `a/${move % 10}`);
    expect(
      readdirSync(versions)
        .map(Number)
        .sort((a, b) => a - b)[0],
    ).toBe(51);
    expect(seen(directory)).toBe('9');
    expect(lstatSync(join(directory, 'a/newest')).isSymbolicLink()).toBe(true);
  });
});
