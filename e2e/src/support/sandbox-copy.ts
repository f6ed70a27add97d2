import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SHARED_SERVERS } from '@kakunin/testing/stop-shared-postgres';
import { withLock } from '@kakunin/testing/with-lock';
import { newFolder, type OneProcess, startOneProcess } from './one-process.ts';

const LIMIT_MS = 150_000;

/**
 * The one-process system with a sandbox, as a first start leaves it: that takes three times as long as a later one, so it is
 * done once a run of tests, and its data are copied. What a first start does is looked at in newcomer.test.ts.
 */
export async function startSandboxCopy(folder: string, environment: Record<string, string> = {}): Promise<OneProcess> {
  // With owners: the data of PostgreSQL belong to its account.
  execFileSync('cp', ['-a', join(await originalFolder(), '.kakunin'), folder]);
  return startOneProcess(folder, environment);
}

/** Made by whoever needs it first, in whatever process; it is removed by its note when the tests have ended. */
async function originalFolder(): Promise<string> {
  const notes = process.env[SHARED_SERVERS];
  if (!notes)
    throw new Error('Vitest is to be run with the configuration of the workspace, which removes the original.');
  const note = join(notes, 'sandbox');
  await withLock(`${notes}.lock`, LIMIT_MS, async () => {
    if (existsSync(note)) return;
    const folder = newFolder('original');
    const { process: first } = await startOneProcess(folder, { KAKUNIN_LOG_LEVEL: 'error' });
    if ((await first.stop()) !== 0) throw new Error(`The first start did not end well:\n${first.output()}`);
    writeFileSync(note, folder);
  });
  return readFileSync(note, 'utf8');
}
