import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseOcspResponse } from '@kakunin/ocsp';
import { BenchmarkError, measured } from '../frame/benchmark.ts';
import type { Benchmark, BenchmarkInput, Row } from '../frame/benchmark.ts';
import type { Load, LoadInput } from '../frame/load.ts';
import { loadOneByOne } from '../frame/one-by-one.ts';
import { post } from '../frame/post.ts';
import { startOwnServer, startServer } from '../frame/server-process.ts';
import type { ServerProcess } from '../frame/server-process.ts';
import { loadByWrk } from '../frame/wrk.ts';
import { createAuthorityFiles } from './authority-files.ts';
import type { AuthorityFiles, KeyType } from './authority-files.ts';

const WARM_UP_SECONDS = 3;
const CONTENT_TYPE = 'application/ocsp-request';

/** What is compared: a server and what is asked of it. */
interface Case {
  readonly name: string;
  readonly ask: Pick<LoadInput, 'body' | 'random'>;
  /** Default: wrk. */
  readonly load?: Load;
  start(): Promise<ServerProcess>;
}

interface Figures {
  readonly name: string;
  readonly perSecond: number;
  readonly cpu: number;
  readonly p99: number;
}

/** Our answers against the least that an HTTP server costs, and against `openssl ocsp`. */
export const ocsp: Benchmark = {
  name: 'ocsp',
  summary: 'requests/s and server CPU per OCSP request: floor, cached, live with nonce, openssl ocsp',
  async run(input) {
    const figures: Figures[] = [];
    for (const each of await casesOf(input.directory)) {
      input.say(`${each.name}: ${input.seconds} s …`);
      figures.push(await measure(each, input));
    }
    return figures.flatMap((each) => rowsOf(each, figures[0] ?? each));
  },
};

const withNonce = ({ requestWithNonce: { body, nonce } }: AuthorityFiles): Case['ask'] => ({ body, random: nonce });
const once = ({ request }: AuthorityFiles): Case['ask'] => ({ body: request });

async function casesOf(directory: string): Promise<readonly Case[]> {
  const authorities = join(directory, 'authorities');
  mkdirSync(authorities);
  const files: Record<KeyType, AuthorityFiles> = {
    p256: await createAuthorityFiles(authorities, 'p256'),
    rsa: await createAuthorityFiles(authorities, 'rsa'),
  };
  const ours = (): Promise<ServerProcess> => startOwnServer('ocsp-responder', authorities, join(directory, 'data'));
  return [
    { name: 'floor: bare node:http', ask: once(files.p256), start: () => startOwnServer('ocsp-floor') },
    { name: 'kakunin, cached answer', ask: once(files.p256), start: ours },
    { name: 'kakunin, live with nonce, P-256', ask: withNonce(files.p256), start: ours },
    { name: 'kakunin, live with nonce, RSA-2048', ask: withNonce(files.rsa), start: ours },
    { ...byOpenssl(files.p256), name: 'openssl ocsp, with nonce, P-256' },
    { ...byOpenssl(files.rsa), name: 'openssl ocsp, with nonce, RSA-2048' },
  ];
}

/** It serves one connection at a time, and waits for ever on one that is closed without a request, as wrk's first is. */
const byOpenssl = (files: AuthorityFiles): Omit<Case, 'name'> => ({
  ask: withNonce(files),
  load: loadOneByOne,
  start: () => openssl(files),
});

/** It knows no address to bind to, only a port: for these seconds it listens on all. */
const openssl = ({ indexFile, certificateFile, responder }: AuthorityFiles): Promise<ServerProcess> =>
  startServer({
    command: 'openssl',
    arguments: 'ocsp -port 0'
      .split(' ')
      .concat('-index', indexFile, '-CA', certificateFile)
      .concat('-rsigner', responder.certificateFile, '-rkey', responder.keyFile),
    readyLine: /^ACCEPT \S+?:(?<port>\d+) PID/,
  });

async function measure(
  { name, ask, load = loadByWrk, start }: Case,
  { directory, seconds }: BenchmarkInput,
): Promise<Figures> {
  const server = await start();
  try {
    const url = `http://127.0.0.1:${server.ready['port']}/ocsp`;
    const isFloor = name.startsWith('floor');
    const expectGood = (): Promise<void> => (isFloor ? Promise.resolve() : checkAnswer(name, url, ask.body));
    await expectGood();
    const loadFor = (duration: number) =>
      load({ directory, url, contentType: CONTENT_TYPE, ...ask, seconds: duration });
    await loadFor(WARM_UP_SECONDS);
    const before = server.cpu();
    const result = await loadFor(seconds);
    const cpu = (server.cpu() - before) / result.requests;
    if (result.requests === 0) throw new BenchmarkError(`${name}: no request was answered`);
    if (result.errors > 0) throw new BenchmarkError(`${name}: ${result.errors} of ${result.requests} requests failed`);
    await expectGood();
    await expectNoRefusals(name, server.ready['management']);
    return { name, perSecond: result.requests / result.seconds, cpu, p99: result.p99 };
  } finally {
    await server.stop();
  }
}

/** Refusals of OCSP are HTTP 200, which wrk takes for success. */
async function checkAnswer(name: string, url: string, body: Uint8Array): Promise<void> {
  const parsed = parseOcspResponse(await post({ url, contentType: CONTENT_TYPE, body }));
  const status = parsed.status === 'successful' ? parsed.basic.responses[0]?.certStatus.status : parsed.status;
  if (status !== 'good') throw new BenchmarkError(`${name}: the answer should be good, and is ${status}`);
}

async function expectNoRefusals(name: string, managementPort: string | undefined): Promise<void> {
  if (managementPort === undefined) return;
  const metrics = await (await fetch(`http://127.0.0.1:${managementPort}/metrics`)).text();
  const refusals = metrics.match(/^kakunin_ocsp_refusals_total\{.*$/gm) ?? [];
  if (refusals.length > 0) throw new BenchmarkError(`${name}: requests were refused:\n${refusals.join('\n')}`);
}

const rowsOf = ({ name, perSecond, cpu, p99 }: Figures, floor: Figures): readonly Row[] => [
  measured(`${name}: throughput`, perSecond, 'requests/s'),
  measured(`${name}: server CPU`, cpu, 'µs/request'),
  measured(`${name}: server CPU against the floor`, cpu / floor.cpu, '×'),
  measured(`${name}: 99th percentile`, p99 / 1000, 'ms'),
];
