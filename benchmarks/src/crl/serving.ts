import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { atLeast, type BenchmarkInput, measured, type Row } from '../frame/benchmark.ts';
import { type ServerProcess, startOwnServer } from '../frame/server-process.ts';
import { startNginx } from './nginx.ts';
import { publishFile } from './published-files.ts';

const run = promisify(execFile);
const CONNECTIONS = 8;
const MEGABYTE = 1_000_000;
/** Of the answers that nginx gives in the same time. */
const GOAL = 0.7;
/** The two by turns, so that both meet the same neighbours on the machine. */
const ROUNDS = 3;

const FILES = [
  { authorityId: 'largest', bytes: 7 * MEGABYTE, name: '7 MB' },
  { authorityId: 'common', bytes: MEGABYTE / 2, name: '0.5 MB' },
];

interface Subject {
  readonly server: ServerProcess;
  readonly port: number;
}

interface Served {
  readonly perSecond: number;
  /** For a second of the server's CPU time. */
  readonly perCpuSecond: number;
}

/** The publisher against nginx over the same directory: answers in a second, and for a second of the server's CPU time. */
export async function serving({ directory, seconds, say }: BenchmarkInput): Promise<readonly Row[]> {
  for (const { authorityId, bytes } of FILES) await publishFile(directory, authorityId, bytes);
  const publisher = await startOwnServer('crl-publisher', directory);
  const floor = await startOwnServer('file-floor', join(directory, 'published', 'crl', 'largest', '1.crl'));
  const nginx = await startNginx(directory);
  const of = (server: ServerProcess): Subject => ({ server, port: Number(server.ready['port']) });
  const subjects = { publisher: of(publisher), nginx: { server: nginx, port: nginx.port }, floor: of(floor) };
  try {
    const rows: Row[] = [];
    for (const { authorityId, name, bytes } of FILES)
      for (const isKnown of [false, true]) {
        const what = `${name}${isKnown ? ', 304' : ''}`;
        say(`serving ${what}: the publisher and nginx by turns`);
        const load = { path: `/crl/${authorityId}.crl`, isKnown, seconds: Math.ceil(seconds / ROUNDS) };
        const isLargest = bytes === FILES[0]!.bytes && !isKnown;
        rows.push(...rowsOf(what, await byTurns(subjects, load, isLargest), isKnown ? 0 : bytes));
      }
    return rows;
  } finally {
    await Promise.all([publisher, floor, nginx].map((server) => server.stop()));
  }
}

type Name = 'publisher' | 'nginx' | 'floor';

/** @param withFloor what a bare server of Node makes of it as well */
async function byTurns(
  subjects: Readonly<Record<Name, Subject>>,
  load: Load,
  withFloor: boolean,
): Promise<ReadonlyMap<Name, Served>> {
  const names: readonly Name[] = withFloor ? ['publisher', 'nginx', 'floor'] : ['publisher', 'nginx'];
  const sums = new Map(names.map((name) => [name, { answers: 0, seconds: 0, cpu: 0 }]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) {
      const { answers, seconds, cpu } = await served(subjects[name], load);
      const sum = sums.get(name)!;
      sum.answers += answers;
      sum.seconds += seconds;
      sum.cpu += cpu;
    }
  }
  const rates = [...sums].map(([name, { answers, seconds, cpu }]) => {
    return [name, { perSecond: answers / seconds, perCpuSecond: answers / cpu }] as const;
  });
  return new Map(rates);
}

function rowsOf(what: string, rates: ReadonlyMap<Name, Served>, bytes: number): readonly Row[] {
  const [ours, theirs, floor] = [rates.get('publisher')!, rates.get('nginx')!, rates.get('floor')];
  const absolute = (name: string, { perSecond }: Served): Row =>
    bytes === 0
      ? measured(`serving ${what}: ${name}`, perSecond, 'answers/s')
      : measured(`serving ${what}: ${name}`, (perSecond * bytes) / MEGABYTE, 'MB/s');
  const byCpu = `serving ${what}: publisher to nginx, by the server's CPU time`;
  const floorByCpu = `serving ${what}: a bare server of Node to nginx, by CPU time`;
  return [
    absolute('publisher', ours),
    absolute('nginx', theirs),
    atLeast(GOAL, measured(`serving ${what}: publisher to nginx`, ours.perSecond / theirs.perSecond, '×')),
    measured(byCpu, ours.perCpuSecond / theirs.perCpuSecond, '×'),
    ...(floor ? [measured(floorByCpu, floor.perCpuSecond / theirs.perCpuSecond, '×')] : []),
  ];
}

interface Load {
  readonly path: string;
  /** The caller has this version. */
  readonly isKnown: boolean;
  readonly seconds: number;
}

async function served({ server, port }: Subject, { path, isKnown, seconds }: Load) {
  const url = `http://127.0.0.1:${port}${path}`;
  const known = isKnown ? ['-H', `If-None-Match: ${await etagOf(url)}`] : [];
  const load = (duration: number): Promise<{ stdout: string }> =>
    run('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${duration}s`, '--timeout', '10s', ...known, url]);
  await load(1);
  const before = server.cpu();
  const { stdout } = await load(seconds);
  const [, answers, took] = /(\d+) requests in ([\d.]+)s/.exec(stdout) ?? [];
  return { answers: Number(answers), seconds: Number(took), cpu: (server.cpu() - before) / 1e6 };
}

const etagOf = async (url: string): Promise<string | null> =>
  (await fetch(url, { method: 'HEAD', headers: { 'accept-encoding': 'identity' } })).headers.get('etag');
