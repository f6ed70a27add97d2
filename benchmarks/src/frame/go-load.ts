import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { BenchmarkError } from './benchmark.ts';
import type { LoadInput, LoadResult } from './load.ts';

const run = promisify(execFile);

/** What our own generator (`peers/load`) can do and wrk cannot: client certificates, fixed rates, new connections. */
export interface GoLoadInput extends LoadInput {
  /** Directory of the programs that `buildPeers` built. */
  readonly bin: string;
  /** With it, mutual TLS. */
  readonly client?: { readonly certificateFile: string; readonly keyFile: string } | undefined;
  /** Requests a second in all, due at fixed times (open loop). */
  readonly rate?: number;
  /** A full handshake for each request. */
  readonly handshakes?: boolean;
}

/** @throws BenchmarkError when the generator fails */
export async function loadByGo(input: GoLoadInput): Promise<LoadResult> {
  const { bodies, client, rate, handshakes } = input;
  const options = [
    ['-address', `127.0.0.1:${input.port}`],
    ['-path', input.path],
    ['-bodies', bodies.file],
    ['-nonce', `${bodies.randomTail}`],
    ['-connections', `${input.connections}`],
    ['-seconds', `${input.seconds}`],
    rate === undefined ? [] : ['-rate', `${rate}`],
    handshakes ? ['-handshakes'] : [],
    client ? ['-certificate', client.certificateFile, '-key', client.keyFile] : [],
  ].flat();
  const { stdout } = await run(join(input.bin, 'load'), options).catch((error: Error) => {
    throw new BenchmarkError(`The load generator failed: ${error.message}`, { cause: error });
  });
  const result = JSON.parse(stdout) as LoadResult & { readonly lastError?: string };
  if (result.errors > 0) throw new BenchmarkError(`${result.errors} connections failed; the last: ${result.lastError}`);
  return result;
}
