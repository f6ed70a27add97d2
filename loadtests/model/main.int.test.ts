import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { drawDayCurve } from './day-curve.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'kakunin-model-'));
afterAll(() => rmSync(directory, { recursive: true }));

const run = (...parameters: readonly string[]) => promisify(execFile)(process.execPath, [MAIN, ...parameters]);

test('prints demand, hours and plan, in Japanese unless it is told otherwise', async () => {
  const { stdout } = await run('--level', 'high');
  expect(stdout).toMatch(/\| \*\*最も混む1秒（件）\*\* +\| +\*\*627\*\* \| +\*\*2,384\*\* \| +\*\*16,064\*\* \|/);
  expect(stdout).toMatch(/^\| 12:00 /m);
  expect(stdout).toMatch(/^\| \*\*1拠点の台数\*\* /m);
  expect((await run('--language', 'en')).stdout).toMatch(/^\| \*\*nodes a site\*\* /m);
});

test('prints every number with its mark', async () => {
  const { stdout } = await run('--figures');
  expect(stdout).toContain('policy.busyAtPeak: 0.6 share\n    assumption: ');
});

test('draws a day', async () => {
  const file = join(directory, 'day.svg');
  await run('--svg', file, '--level', 'low');
  expect(readFileSync(file, 'utf8')).toBe(drawDayCurve('low'));
});

test('plans with what a campaign measured', async () => {
  const file = join(directory, 'summary.json');
  writeFileSync(file, JSON.stringify({ campaign: 'smoke', startedAt: '2026-11-24', cost: { check: 321 } }));
  const { stdout } = await run('--measured', file, '--language', 'en');
  expect(stdout).toMatch(/^\| CPU a check +\| +321 µs \| +321 µs \| +321 µs \|/m);
  writeFileSync(file, '{}');
  await expect(run('--measured', file)).rejects.toMatchObject({
    stderr: expect.stringContaining('is not the summary'),
  });
});

test.each([[['--level', 'moon']], [['--language', 'fr']], [['--moon']]])('%j is a wrong use', async (parameters) => {
  await expect(run(...parameters)).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(/^usage: /) });
});
