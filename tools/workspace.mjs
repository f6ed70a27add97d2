// What the scripts behind `npm start`, `npm test` and `npm run benchmark` share. Runs on Node 20 and without packages.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_NODE = 24;

/** Says why it stops, in words and not in a stack. */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Installs the packages when they are missing or older than the lockfile. */
export function installPackages() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  const lockfile = join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lockfile).mtimeMs) return;
  process.stdout.write('Installing packages (npm ci) …\n');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) fail('npm ci failed: see above; check the network and run the same command again.');
}

/** The Node that the lockfile pins, or this one where there is no package for the platform and it is new enough. */
export function pinnedNode() {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return process.execPath;
  return fail(
    `There is no packaged Node ${OLDEST_NODE} for ${process.platform}-${process.arch}: install Node ${OLDEST_NODE} or newer.`,
  );
}

/** Go's installer puts it there and leaves the PATH to the user. */
const GO = '/usr/local/go/bin';

/**
 * The environment in which tools find the pinned Node and the packages' commands first. Code is compiled once for all of them:
 * the tests start Node a thousand times.
 */
export function toolEnvironment(extra = {}) {
  const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}:${GO}`;
  const compiled = join(root, 'node_modules', '.cache', 'compiled');
  return { NODE_COMPILE_CACHE: compiled, ...process.env, PATH: path, NX_DAEMON: 'false', NX_TUI: 'false', ...extra };
}

/** Runs Nx; quiet unless it fails. */
export function nx(args, { quiet = false } = {}) {
  const command = join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const { status, stdout, stderr } = spawnSync(pinnedNode(), [command, ...args], {
    cwd: root,
    env: toolEnvironment(),
    stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0 && quiet) process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  return status ?? 1;
}

/** Builds the bundles of projects; quiet unless it fails, and then there is nothing to go on with. */
export function build(...projects) {
  if (nx(['run-many', '-t', 'build', '-p', ...projects], { quiet: true }) !== 0) fail('The build failed: see above.');
}

/** Becomes the given script: same terminal, signals passed on, its exit status ours. */
export function become(script, args, environment = {}) {
  const child = spawn(pinnedNode(), ['--enable-source-maps', script, ...args], {
    cwd: root,
    env: toolEnvironment(environment),
    stdio: 'inherit',
  });
  // Ctrl-C reaches the whole process group by itself: here it must only not end us before the child.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.once('error', (error) => fail(`Could not start ${script}: ${error.message}`));
  child.once('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Folders of all projects, relative to the root, as package.json's workspaces name them. */
export const projectRoots = () =>
  readJson(join(root, 'package.json')).workspaces.flatMap((pattern) =>
    pattern.endsWith('/*')
      ? readdirSync(join(root, pattern.slice(0, -2)), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map((entry) => `${pattern.slice(0, -2)}/${entry.name}`)
      : [pattern],
  );
