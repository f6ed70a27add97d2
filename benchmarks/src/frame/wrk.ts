import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BenchmarkError } from './benchmark.ts';
import type { LoadInput, LoadResult } from './load.ts';
import { POST_SCRIPT } from './wrk-script.ts';

const run = promisify(execFile);

/** How many connections it keeps busy. */
export const WRK_CONNECTIONS = 32;

/**
 * POSTs the body as fast as the server answers, by wrk on one thread.
 * @throws BenchmarkError when wrk is missing or fails
 */
export async function loadByWrk(input: LoadInput): Promise<LoadResult> {
  const script = join(input.directory, 'post.lua');
  const body = join(input.directory, 'body');
  writeFileSync(script, POST_SCRIPT);
  writeFileSync(body, input.body);
  const { offset = 0, length = 0 } = input.random ?? {};
  const options = ['-t1', `-c${WRK_CONNECTIONS}`, `-d${input.seconds}s`, '--timeout', '10s', '-s', script, input.url];
  const { stdout } = await run('wrk', [...options, '--', body, input.contentType, `${offset}`, `${length}`]).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw new BenchmarkError(`wrk failed: ${error.message}`, { cause: error });
      throw new BenchmarkError('This benchmark needs wrk, which is not installed. On Debian: apt-get install wrk');
    },
  );
  const result = /^result (.*)$/m.exec(stdout)?.[1];
  if (!result) throw new BenchmarkError(`wrk ended without a result:\n${stdout}`);
  return JSON.parse(result) as LoadResult;
}
