import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { commandLine, type Outcome } from '../testing/command-line.ts';

let directory: string;
let run: (...args: string[]) => Promise<Outcome>;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kakunin-digest-key-'));
  run = commandLine();
});
afterEach(() => rm(directory, { recursive: true }));

const create = (...args: string[]): Promise<Outcome> =>
  run('billing', 'digest-key', 'create', ...args, '--directory', join(directory, 'keys'));

it('makes the key of a year for the owner alone, and never another one', async () => {
  expect(await create('2027')).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('2027.key') as string });
  const file = join(directory, 'keys', '2027.key');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const key = await readFile(file);
  expect(key).toHaveLength(32);
  expect(await create('2027')).toMatchObject({ exitCode: 1 });
  expect(await readFile(file)).toEqual(key);
});

it('makes nothing when it is only asked what it would make', async () => {
  expect((await create('2027', '--dry-run')).stdout).toContain('would make');
  expect(await readdir(directory)).toEqual([]);
});

it('asks for a year', async () => {
  expect(await create('27')).toMatchObject({ exitCode: 2 });
});
