import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const launcher = fileURLToPath(new URL('../bin/kakunin.js', import.meta.url));

it('runs as a process of its own, built when it has to be', async () => {
  const { stdout } = await run(process.execPath, [launcher, '--help']);
  expect(stdout).toContain('Usage: kakunin');
});

it('hands over the exit code', async () => {
  await expect(run(process.execPath, [launcher, 'nonsense'])).rejects.toMatchObject({ code: 2 });
});

it('runs itself on the pinned Node when it is started by an older one', async () => {
  // The launcher looks at nothing but the version: an older Node is played by saying so.
  const pretend = "Object.defineProperty(process.versions, 'node', { value: '20.11.0' });";
  const { stdout } = await run(process.execPath, [
    '--import',
    `data:text/javascript,${encodeURIComponent(pretend)}`,
    launcher,
    '--help',
  ]);
  expect(stdout).toContain('Usage: kakunin');
});

it('says in one line what to do when a service is away', async () => {
  const failed = run(process.execPath, [launcher, 'topics', 'list'], { env: {} });
  await expect(failed).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('KAKUNIN_EVENT_LOG_DATABASE_URL') as string,
  });
});
