import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../kafka/workspace.ts';
import { withLock } from '../with-lock.ts';

const VERSION = 'v1.8.0';
const BUILD_LIMIT_MILLISECONDS = 900_000;

const run = promisify(execFile);

/**
 * The program of an S3 server, built by Go the first time.
 * @throws Error that says what to install
 */
export async function versitygw(): Promise<string> {
  const home = join(cacheDirectory, `versitygw-${VERSION}`);
  const program = join(home, 'versitygw');
  if (existsSync(program)) return program;
  mkdirSync(cacheDirectory, { recursive: true });
  await withLock(`${home}.lock`, BUILD_LIMIT_MILLISECONDS, async () => {
    if (existsSync(program)) return;
    // Where Go's installer puts it, for whoever has not put that into PATH.
    const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/local/go/bin`, GOBIN: home };
    const install = run('go', ['install', `github.com/versity/versitygw/cmd/versitygw@${VERSION}`], {
      env,
      timeout: BUILD_LIMIT_MILLISECONDS,
    });
    await install.catch((error: unknown) => {
      throw new Error('Tests of object stores need an S3 server: install Go (1.25 or later), which builds one.', {
        cause: error,
      });
    });
  });
  return program;
}
