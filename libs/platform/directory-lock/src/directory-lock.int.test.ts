import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockDirectory } from './directory-lock.ts';

const folder = (): string => join(mkdtempSync(join(tmpdir(), 'kakunin-lock-')), 'data');

it('is held by one at a time and names the holder', async () => {
  const directory = folder();
  const lock = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toMatchObject({
    code: 'directory_in_use',
    holder: String(process.pid),
    message: expect.stringContaining('stop that one first'),
  });
  await lock.release();
  await (await lockDirectory(directory)).release();
});

it('goes with a process that is killed', async () => {
  const directory = folder();
  const program = `import { lockDirectory } from ${JSON.stringify(join(import.meta.dirname, 'directory-lock.ts'))};
    await lockDirectory(${JSON.stringify(directory)}); console.log('held'); setInterval(() => {}, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => holder.stdout.once('data', resolve));
  await expect(lockDirectory(directory)).rejects.toMatchObject({ holder: String(holder.pid) });
  const gone = new Promise((resolve) => holder.once('exit', resolve));
  holder.kill('SIGKILL');
  await gone;
  await (await lockDirectory(directory)).release();
});
