import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const WORKSPACE = join(import.meta.dirname, '../..');
const PROGRAM = ['--conditions=@kakunin/source', '--import', './tools/typescript-sources.mjs', 'loadtests/run/main.ts'];

const run = (...args: string[]): Promise<{ status: number; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [...PROGRAM, ...args], { cwd: WORKSPACE }, (error, _stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stderr }),
    );
  });

test.each([
  [['moon'], /^usage: npm run campaign/],
  [['smoke', '--target', '/nowhere.json'], /^\/nowhere\.json cannot be used: ENOENT/],
])('%j is a wrong use, told without a stack trace', async (args, said) => {
  const { status, stderr } = await run(...args);
  expect(status).toBe(2);
  expect(stderr).toMatch(said);
  expect(stderr).not.toContain('    at ');
});
