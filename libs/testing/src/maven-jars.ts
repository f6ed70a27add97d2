import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from './kafka/workspace.ts';
import { withLock } from './with-lock.ts';

const run = promisify(execFile);
const DOWNLOAD_LIMIT_MILLISECONDS = 170_000;

export interface JarsInput {
  /** Names the folder in the cache, version included. */
  readonly name: string;
  /** What is fetched, as dependencies. */
  readonly pom: string;
  /** What to install when Java or Maven is not there. */
  readonly missing: string;
}

/**
 * A folder of jars, fetched by Maven the first time; tests that start at once wait for each other.
 * @throws Error that says what to install
 */
export async function mavenJars({ name, pom, missing }: JarsInput): Promise<string> {
  const home = join(cacheDirectory, name);
  const jars = join(home, 'libs');
  if (existsSync(jars)) {
    await requireCommands(missing, 'java');
    return jars;
  }
  await requireCommands(missing, 'java', 'mvn');
  mkdirSync(cacheDirectory, { recursive: true });
  await withLock(`${home}.lock`, DOWNLOAD_LIMIT_MILLISECONDS, async () => {
    if (existsSync(jars)) return;
    const half = join(cacheDirectory, `${name}-${process.pid}`);
    await run('mvn', mavenArguments(pom, half), { timeout: DOWNLOAD_LIMIT_MILLISECONDS });
    mkdirSync(home, { recursive: true });
    renameSync(half, jars);
  });
  return jars;
}

const mavenArguments = (pom: string, outputDirectory: string): string[] => [
  '-B',
  '-q',
  '-f',
  pom,
  'dependency:copy-dependencies',
  '-DincludeScope=runtime',
  `-DoutputDirectory=${outputDirectory}`,
];

async function requireCommands(missing: string, ...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await run(name, ['-version']).catch(() => {
      throw new Error(missing);
    });
  }
}
