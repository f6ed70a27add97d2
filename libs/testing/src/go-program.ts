import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from './kafka/workspace.ts';
import { withLock } from './with-lock.ts';

const BUILD_LIMIT_MILLISECONDS = 900_000;

const run = promisify(execFile);

export interface GoProgram {
  /** Its last part, without a major version, is the program's name. */
  readonly module: string;
  readonly version: string;
  /** Begins the message when there is no Go: "Tests of object stores need an S3 server". */
  readonly need: string;
}

/**
 * A program that Go builds the first time, and that is kept.
 * @returns its path @throws Error that says what to install
 */
export async function goProgram({ module, version, need }: GoProgram): Promise<string> {
  const name = module.slice(module.lastIndexOf('/') + 1);
  const home = join(cacheDirectory, `${name}-${version}`);
  const program = join(home, name);
  if (existsSync(program)) return program;
  mkdirSync(cacheDirectory, { recursive: true });
  await withLock(`${home}.lock`, BUILD_LIMIT_MILLISECONDS, async () => {
    if (existsSync(program)) return;
    // Where Go's installer puts it, for whoever has not put that into PATH.
    const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/local/go/bin`, GOBIN: home };
    // Nobody debugs it: without symbols it is linked in half the time.
    const args = ['install', '-ldflags=-s -w', `${module}@${version}`];
    const install = run('go', args, { env, timeout: BUILD_LIMIT_MILLISECONDS });
    await install.catch((error: unknown) => {
      throw new Error(`${need}: install Go (1.25 or later), which builds one.`, { cause: error });
    });
  });
  return program;
}
