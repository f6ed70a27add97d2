import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BenchmarkError } from './benchmark.ts';
import { CONTENT_TYPE } from './load.ts';
import type { LoadInput, LoadResult } from './load.ts';
import { POST_SCRIPT } from './wrk-script.ts';

const run = promisify(execFile);

/**
 * POSTs the bodies as fast as the server answers, by wrk on one thread.
 * @throws BenchmarkError when wrk is missing or fails
 */
export async function loadByWrk({
  directory,
  port,
  path,
  bodies,
  connections,
  seconds,
}: LoadInput): Promise<LoadResult> {
  const script = join(directory, 'post.lua');
  writeFileSync(script, POST_SCRIPT);
  const url = `http://127.0.0.1:${port}${path}`;
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script, url];
  const { stdout } = await run('wrk', [...options, '--', bodies.file, CONTENT_TYPE, `${bodies.randomTail}`]).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw new BenchmarkError(`wrk failed: ${error.message}`, { cause: error });
      throw new BenchmarkError('This benchmark needs wrk, which is not installed. On Debian: apt-get install wrk');
    },
  );
  const result = /^result (.*)$/m.exec(stdout)?.[1];
  if (!result) throw new BenchmarkError(`wrk ended without a result:\n${stdout}`);
  return JSON.parse(result) as LoadResult;
}
