// What CI runs: packages and system programs, lint with the boundaries, type check, build, then README's test command.
import { spawnSync } from 'node:child_process';
import { installPrerequisites } from './prerequisites.mjs';
import { fail, installPackages, pinnedNode, root, toolEnvironment } from './workspace.mjs';

installPackages();
const missing = installPrerequisites();
if (missing) fail(missing);
for (const script of ['lint', 'typecheck', 'build', 'test']) {
  process.stdout.write(`\n== npm run ${script} (Node: ${pinnedNode() === process.execPath ? 'system' : 'pinned'})\n`);
  const { status } = spawnSync('npm', ['run', '--silent', script], {
    cwd: root,
    env: toolEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
}
