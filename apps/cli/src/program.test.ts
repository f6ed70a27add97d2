import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandLine } from './testing/command-line.ts';

it('shows help and ends well', async () => {
  const { exitCode, stdout, stderr } = await commandLine()('certificate', 'revoke', '--help');
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain('--reason');
});

it('lists every command beneath what it is about, and examples beneath its options', async () => {
  const { stdout } = await commandLine()('--help');
  expect(stdout).not.toMatch(/^Commands:/m);
  for (const line of ['Certificates:', 'Money:', 'Operation:', 'Exit codes: 0 good'])
    expect(stdout).toContain(`\n${line}`);
  const { stdout: ofOne } = await commandLine()('crl', 'sync', '--help');
  expect(ofOne).toMatch(/Examples:\n {2}kakunin crl sync https:/);
});

it.each([
  [['nonsense']],
  [['certificate', 'revoke', '--reason', 'boredom']],
  [['billing', 'export', '2026-13']],
  [['tariff', 'add', 'x', '--from', '2026-01-01', '--unit-price', '1.5']],
  [['relying-party', 'register', 'pf', '--name', 'PF', '--kind', 'office', '--role', 'king']],
  [['authority']],
])('ends with 2 on %j, says why on stderr, and prints nothing on stdout', async (args) => {
  const { exitCode, stdout, stderr } = await commandLine()(...args);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).not.toBe('');
  expect(stderr).not.toMatch(/\n\s+at /);
});

it('says where a profile comes from when there is none', async () => {
  const { exitCode, stderr } = await commandLine()('authority', 'list');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('npm start');
});

it('says what is wrong with a profile', async () => {
  const file = join(tmpdir(), `kakunin-profile-${process.pid}.json`);
  writeFileSync(file, '{"registryUrl":"not a url","colour":1}');
  const { exitCode, stderr } = await commandLine({ env: { KAKUNIN_PROFILE: file } })('authority', 'list');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('registryUrl');
  expect(stderr).toContain('colour');
});

it('ends with 3 when nobody answers, names the address and says what to do', async () => {
  const run = commandLine({ profile: { registryUrl: 'https://127.0.0.1:1' } });
  const { exitCode, stderr } = await run('authority', 'list');
  expect(exitCode).toBe(3);
  expect(stderr).toContain('https://127.0.0.1:1 does not answer (ECONNREFUSED)');
  expect(stderr).toContain('npm start');
});

it('names a file that cannot be read', async () => {
  const run = commandLine({ profile: { registryUrl: 'https://127.0.0.1:1' } });
  const { exitCode, stderr } = await run('certificate', 'revoke', '--certificate', 'missing.pem');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('missing.pem');
});
