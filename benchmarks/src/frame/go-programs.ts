import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { BenchmarkError } from './benchmark.ts';

const run = promisify(execFile);

/** cfssl's responder serves answers that were signed before: the peer for answers from a cache. */
const CFSSL = 'github.com/cloudflare/cfssl/cmd/cfssl@v1.6.5';

/**
 * Builds the programs of `peers` (floor, live, load) into a directory; Go keeps what it compiled.
 * @returns the directory with the programs
 * @throws BenchmarkError when Go is missing or fails
 */
export async function buildPeers(directory: string): Promise<string> {
  const bin = join(directory, 'bin');
  mkdirSync(bin, { recursive: true });
  await go(['build', '-o', `${bin}/`, './...'], peersDirectory());
  return bin;
}

/** Seen from the bundle in `dist`, or from here. */
function peersDirectory(): string {
  const found = ['../peers', '../../peers'].map((up) => resolve(import.meta.dirname, up)).find(existsSync);
  if (!found) throw new BenchmarkError('The folder benchmarks/peers is missing.');
  return found;
}

/** Installs cfssl, once for all runs; about two minutes the first time. @returns the program */
export async function installCfssl(): Promise<string> {
  const bin = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kakunin-benchmarks');
  await go(['install', CFSSL], undefined, { GOBIN: bin });
  return join(bin, 'cfssl');
}

async function go(parameters: readonly string[], cwd?: string, environment: NodeJS.ProcessEnv = {}): Promise<void> {
  try {
    await run('go', [...parameters], { ...(cwd && { cwd }), env: { ...process.env, ...environment } });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'Go 1.25 or later, which is not installed' : `what Go would not build: ${String(error)}`;
    throw new BenchmarkError(`This benchmark needs ${why}.`, { cause: error });
  }
}
