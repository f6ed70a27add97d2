import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../kafka/kafka-node.ts';
import { cacheDirectory } from '../kafka/workspace.ts';
import { versitygw } from './versitygw.ts';

/** The first start may have to build the server. Milliseconds. */
export const S3_START_LIMIT = 900_000;
const ANSWER_LIMIT = 30_000;
const REGION = 'ap-northeast-1';

export interface TestS3 {
  readonly endpoint: string;
  /** What clients read their credentials from. */
  readonly environment: Readonly<Record<'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY', string>>;
  /** Makes a bucket and says where it is, as a store's URL. */
  createBucket(name: string): string;
  stop(): Promise<void>;
}

/** A real server that speaks S3 and honours conditional writes, on a free port of the loopback. */
export async function startTestS3(): Promise<TestS3> {
  const program = await versitygw();
  const [port = 0] = await freePorts(1);
  // The server keeps headers in extended attributes (apart from the content they would not change at once with it): these
  // are there where the checkout lies, and not in every temporary file system.
  const directory = mkdtempSync(join(cacheDirectory, 's3-'));
  const endpoint = `http://127.0.0.1:${port}`;
  const args = ['--quiet', '--port', `127.0.0.1:${port}`, '--region', REGION, 'posix', directory];
  const environment = { AWS_ACCESS_KEY_ID: 'kakunin', AWS_SECRET_ACCESS_KEY: 'of-no-secret' };
  const env = {
    ...process.env,
    ROOT_ACCESS_KEY_ID: environment.AWS_ACCESS_KEY_ID,
    ROOT_SECRET_ACCESS_KEY: environment.AWS_SECRET_ACCESS_KEY,
  };
  const server = spawn(program, args, { env, stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    await end(server);
    rmSync(directory, { recursive: true, force: true });
  };
  // A test process that is cut off must not leave its server behind.
  process.once('exit', () => server.kill('SIGKILL'));
  await answering(endpoint).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    endpoint,
    environment,
    stop,
    createBucket: (name) => {
      mkdirSync(join(directory, name));
      return `s3://${name}/?endpoint=${endpoint}&region=${REGION}`;
    },
  };
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGKILL');
  await gone;
}

async function answering(endpoint: string): Promise<void> {
  const deadline = Date.now() + ANSWER_LIMIT;
  for (;;) {
    try {
      await (await fetch(endpoint)).arrayBuffer();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error('The S3 server does not answer.', { cause: error });
      await sleep(50);
    }
  }
}
