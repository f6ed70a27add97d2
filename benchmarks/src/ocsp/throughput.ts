import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { atLeast, atMost, measured } from '../frame/benchmark.ts';
import type { Row } from '../frame/benchmark.ts';
import { loadOneByOne } from '../frame/one-by-one.ts';
import { loadByWrk } from '../frame/wrk.ts';
import type { Population } from './population.ts';
import type { Stage } from './stage.ts';
import { measureInTurn } from './subject.ts';
import type { Figures, Subject } from './subject.ts';

type Name = keyof Awaited<ReturnType<typeof subjectsOf>>;
type AllFigures = Readonly<Record<Name, Figures>>;

/** Cached and live answers against the floors and the peers, all in one run. */
export async function throughput(stage: Stage): Promise<readonly Row[]> {
  const subjects = await subjectsOf(stage);
  try {
    const names = Object.keys(subjects) as Name[];
    const found = await measureInTurn(Object.values(subjects), stage);
    const figures = Object.fromEntries(names.map((name, index) => [name, found[index]])) as AllFigures;
    return [
      ...names.flatMap((name) => plainRows(subjects[name].name, figures[name])),
      ...ratioRows(figures, { p256: signingCpu(stage.population.p256), rsa: signingCpu(stage.population.rsa) }),
    ];
  } finally {
    await Promise.all([...new Set(Object.values(subjects).map(({ server }) => server))].map((each) => each.stop()));
  }
}

async function subjectsOf(stage: Stage) {
  const { p256, rsa } = stage.population;
  const [go, node, ours, goP256, goRsa, cfssl, opensslP256] = await Promise.all([
    stage.goFloor(),
    stage.nodeFloor(),
    stage.kakunin(1),
    stage.goLive('p256'),
    stage.goLive('rsa'),
    stage.cfssl(),
    stage.openssl('p256'),
  ]);
  const subject = (name: string, server: Subject['server'], more: Partial<Subject> = {}): Subject => {
    return { name, server, bodies: p256.requests, connections: 256, load: loadByWrk, ...more };
  };
  const few = { connections: 32 };
  return {
    go256: subject('floor: empty Go handler, 256 connections', go, { isFloor: true }),
    node256: subject('floor: bare node:http, 256 connections', node, { isFloor: true }),
    cached256: subject('kakunin, cached, 256 connections', ours),
    go32: subject('floor: empty Go handler, 32 connections', go, { isFloor: true, ...few }),
    cached32: subject('kakunin, cached, 32 connections', ours, few),
    cfssl: subject('cfssl ocspserve, signed before', cfssl),
    liveP256: subject('kakunin, live with nonce, P-256', ours, { bodies: p256.requestsWithNonce }),
    goLiveP256: subject('Go server on x/crypto/ocsp, live, P-256', goP256),
    liveRsa: subject('kakunin, live with nonce, RSA-2048', ours, { bodies: rsa.requestsWithNonce }),
    goLiveRsa: subject('Go server on x/crypto/ocsp, live, RSA-2048', goRsa, { bodies: rsa.requests }),
    // It serves one connection at a time, and waits for ever on one that is closed without a request, as wrk's first is.
    openssl: subject('openssl ocsp, live with nonce, P-256', opensslP256, {
      bodies: p256.requestsWithNonce,
      connections: 1,
      load: loadOneByOne,
    }),
  };
}

const plainRows = (name: string, { perSecond, cpu, latency }: Figures): readonly Row[] => [
  measured(`${name}: throughput`, perSecond, 'requests/s'),
  measured(`${name}: server CPU`, cpu, 'µs/request'),
  measured(`${name}: 99th percentile`, latency.p99 / 1000, 'ms'),
];

/** Microseconds of CPU. */
interface SigningCpu {
  readonly p256: number;
  readonly rsa: number;
}

const ratioRows = (figures: AllFigures, signing: SigningCpu): readonly Row[] => {
  const { go256, go32, node256, cached256, cached32, cfssl, liveP256, goLiveP256, liveRsa, goLiveRsa } = figures;
  return [
    measured('crypto.sign alone, P-256', signing.p256, 'µs'),
    measured('crypto.sign alone, RSA-2048', signing.rsa, 'µs'),
    atMost(0.75, measured('cached, 256 connections: CPU against the empty Go handler', cached256.cpu / go256.cpu, '×')),
    atMost(1.4, measured('cached, 32 connections: CPU against the empty Go handler', cached32.cpu / go32.cpu, '×')),
    measured('cached, 256 connections: CPU against bare node:http', cached256.cpu / node256.cpu, '×'),
    atMost(
      1,
      measured('live P-256: CPU against Go handler + crypto.sign', liveP256.cpu / (go256.cpu + signing.p256), '×'),
    ),
    atMost(
      1.05,
      measured('live RSA-2048: CPU against Go handler + crypto.sign', liveRsa.cpu / (go256.cpu + signing.rsa), '×'),
    ),
    atLeast(6, measured('cached: checks a CPU-second against cfssl', cfssl.cpu / cached256.cpu, '×')),
    atLeast(2, measured('live P-256: checks a CPU-second against the Go server', goLiveP256.cpu / liveP256.cpu, '×')),
    measured('live RSA-2048: checks a CPU-second against the Go server', goLiveRsa.cpu / liveRsa.cpu, '×'),
    measured('live P-256: checks a CPU-second against openssl ocsp', figures.openssl.cpu / liveP256.cpu, '×'),
  ];
};

const SIGNATURES = 4_000;

function signingCpu({ responder }: Population): number {
  const key = createPrivateKey(readFileSync(responder.keyFile));
  const data = Buffer.alloc(200);
  for (let warm = 0; warm < SIGNATURES / 10; warm += 1) sign('sha256', data, key);
  const before = process.cpuUsage();
  for (let count = 0; count < SIGNATURES; count += 1) sign('sha256', data, key);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / SIGNATURES;
}
