import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { atLeast, type BenchmarkInput, measured, type Row } from '../frame/benchmark.ts';
import { type ServerProcess, startOwnServer } from '../frame/server-process.ts';
import { startNginx } from './nginx.ts';
import { publishFile } from './published-files.ts';

const run = promisify(execFile);
const CONNECTIONS = 8;
const MEGABYTE = 1_000_000;
/** Of what nginx serves for the same CPU time. */
const GOAL = 0.7;

const FILES = [
  { authorityId: 'largest', bytes: 7 * MEGABYTE, name: '7 MB' },
  { authorityId: 'common', bytes: MEGABYTE / 2, name: '0.5 MB' },
];

interface Subject {
  readonly server: ServerProcess;
  readonly port: number;
}

/** The publisher against nginx over the same directory: answers for a second of the server's CPU time, in turns. */
export async function serving({ directory, seconds, say }: BenchmarkInput): Promise<readonly Row[]> {
  for (const { authorityId, bytes } of FILES) await publishFile(directory, authorityId, bytes);
  const publisher = await startOwnServer('crl-publisher', directory);
  const nginx = await startNginx(directory);
  try {
    const subjects = {
      ours: { server: publisher, port: Number(publisher.ready['port']) },
      theirs: { server: nginx, port: nginx.port },
    };
    const rows: Row[] = [];
    for (const { authorityId, name } of FILES) {
      const path = `/crl/${authorityId}.crl`;
      for (const isKnown of [false, true]) {
        const what = `${name}${isKnown ? ', 304' : ''}`;
        say(`serving ${what}: the publisher, then nginx`);
        const ours = await answersPerCpuSecond(subjects.ours, { path, isKnown, seconds });
        const theirs = await answersPerCpuSecond(subjects.theirs, { path, isKnown, seconds });
        rows.push(measured(`serving ${what}: publisher`, ours, 'answers/CPU s'));
        rows.push(measured(`serving ${what}: nginx`, theirs, 'answers/CPU s'));
        const ratio = {
          name: `serving ${what}: publisher to nginx`,
          value: ours / theirs,
          unit: '×',
          goal: null,
          met: null,
        };
        rows.push(atLeast(GOAL, ratio));
      }
    }
    return rows;
  } finally {
    await publisher.stop();
    await nginx.stop();
  }
}

interface Load {
  readonly path: string;
  /** The caller has this version. */
  readonly isKnown: boolean;
  readonly seconds: number;
}

async function answersPerCpuSecond({ server, port }: Subject, { path, isKnown, seconds }: Load): Promise<number> {
  const url = `http://127.0.0.1:${port}${path}`;
  const etag = (await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'identity' } })).headers.get('etag');
  const known = isKnown ? ['-H', `If-None-Match: ${etag}`] : [];
  const load = (duration: number): Promise<{ stdout: string }> =>
    run('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${duration}s`, '--timeout', '10s', ...known, url]);
  await load(1);
  const before = server.cpu();
  const { stdout } = await load(seconds);
  const answers = Number(/(\d+) requests in/.exec(stdout)?.[1]);
  return (answers * 1_000_000) / (server.cpu() - before);
}
