import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheDirectory } from './workspace.ts';

export const KAFKA_VERSION = '4.3.1';

const run = promisify(execFile);
const DOWNLOAD_LIMIT_MILLISECONDS = 170_000;
const POM = fileURLToPath(new URL('pom.xml', import.meta.url));
const MISSING =
  'Tests need a Kafka broker: give KAFKA_BROKERS, start Docker, or install a JDK (17 or later) and Maven, for instance with "apt-get install default-jdk-headless maven".';

/**
 * The folder of Kafka's jars, fetched by Maven the first time; tests that start at once wait for each other.
 * @throws Error that says what to install
 */
export async function kafkaJars(): Promise<string> {
  const home = join(cacheDirectory, `kafka-${KAFKA_VERSION}`);
  const jars = join(home, 'libs');
  if (existsSync(jars)) {
    await requireCommands('java');
    return jars;
  }
  await requireCommands('java', 'mvn');
  mkdirSync(cacheDirectory, { recursive: true });
  await withLock(`${home}.lock`, async () => {
    if (existsSync(jars)) return;
    const half = join(cacheDirectory, `kafka-${KAFKA_VERSION}-${process.pid}`);
    await run('mvn', mavenArguments(half), { timeout: DOWNLOAD_LIMIT_MILLISECONDS });
    mkdirSync(home, { recursive: true });
    renameSync(half, jars);
  });
  return jars;
}

const mavenArguments = (outputDirectory: string): string[] => [
  '-B',
  '-q',
  '-f',
  POM,
  'dependency:copy-dependencies',
  '-DincludeScope=runtime',
  `-DoutputDirectory=${outputDirectory}`,
];

async function requireCommands(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await run(name, ['-version']).catch(() => {
      throw new Error(MISSING);
    });
  }
}

/** A folder is a lock, since making it fails when it is there; one that is left over is taken after the limit. */
async function withLock(path: string, work: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + DOWNLOAD_LIMIT_MILLISECONDS;
  while (!take(path) && Date.now() < deadline) await sleep(200);
  try {
    await work();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function take(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch {
    return false;
  }
}
