import { Agent, request } from 'node:http';
import { certIdOf, encodeOcspRequest, parseOcspResponse } from '@kakunin/ocsp';
import { atMost, BenchmarkError, measured } from '../frame/benchmark.ts';
import type { Row } from '../frame/benchmark.ts';
import { CONTENT_TYPE } from '../frame/load.ts';
import { loadByWrk } from '../frame/wrk.ts';
import { serialNumberOf } from './population.ts';
import type { Stage } from './stage.ts';
import { loadOn } from './subject.ts';

const REVOCATIONS = 40;
/** Kept connections that ask: the kernel spreads them over the workers. */
const OBSERVERS = 8;
const SECONDS = 2;

/** From the acknowledgement of a revocation until every observer has been told, while two workers are saturated. */
export async function revocationDelay(stage: Stage): Promise<readonly Row[]> {
  const server = await stage.kakunin(2);
  const agents = Array.from({ length: OBSERVERS }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
  try {
    stage.say(`${REVOCATIONS} revocations under full load …`);
    const load = saturate(stage, server);
    const delays: number[] = [];
    for (let index = 0; index < REVOCATIONS; index += 1) delays.push(await delayOf({ stage, server, agents, index }));
    load.stop();
    await load.ended;
    delays.sort((one, other) => one - other);
    return [
      measured('revocation until all are told: 50th percentile', delays[Math.floor(REVOCATIONS / 2)]!, 's'),
      measured('revocation until all are told: 99th percentile', delays[Math.floor(REVOCATIONS * 0.99)]!, 's'),
      atMost(2, measured('revocation until all are told: longest', delays.at(-1)!, 's')),
    ];
  } finally {
    for (const agent of agents) agent.destroy();
    await server.stop();
  }
}

type Server = Awaited<ReturnType<Stage['kakunin']>>;

/** Load after load, until told to stop. */
function saturate(stage: Stage, server: Server): { stop(): void; readonly ended: Promise<void> } {
  const stopping = new AbortController();
  const subject = { name: '', server, bodies: stage.population.p256.requests, connections: 256, load: loadByWrk };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) await loadOn(subject, { ...stage, seconds: SECONDS });
  };
  return { stop: () => stopping.abort(), ended: run() };
}

/** Certificates that the load does not ask about, so that only observers see them. */
const untouched = (index: number): number => 5 + index * 10 + 50_000;

interface Revocation {
  readonly stage: Stage;
  readonly server: Server;
  readonly agents: readonly Agent[];
  readonly index: number;
}

/** @returns seconds */
async function delayOf({ stage, server, agents, index }: Revocation): Promise<number> {
  const { authorityId, certificate } = stage.population.p256;
  const serialNumber = serialNumberOf(untouched(index));
  const body = encodeOcspRequest({ certIds: [certIdOf(certificate, serialNumber)] });
  const ask = (agent: Agent): Promise<string> => statusOf(server, agent, body);
  const before = await Promise.all(agents.map(ask));
  if (before.some((status) => status !== 'good')) throw new BenchmarkError(`${before.join()} before a revocation`);
  const url = `http://127.0.0.1:${server.ready['control']}/revoke/${authorityId}/${serialNumber}`;
  const acknowledged = await fetch(url, { method: 'POST' });
  if (!acknowledged.ok) throw new BenchmarkError('a revocation was not acknowledged');
  const since = performance.now();
  const observe = async (agent: Agent): Promise<number> => {
    while ((await ask(agent)) !== 'revoked') {
      if (performance.now() - since > 30_000) throw new BenchmarkError('a revocation was not told within 30 s');
    }
    return performance.now() - since;
  };
  return Math.max(...(await Promise.all(agents.map(observe)))) / 1000;
}

function statusOf(server: Server, agent: Agent, body: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': CONTENT_TYPE, 'content-length': body.length };
    const options = { host: '127.0.0.1', port: Number(server.ready['port']), path: '/ocsp', method: 'POST' };
    const sent = request({ ...options, agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const parsed = parseOcspResponse(Buffer.concat(chunks));
        const said = parsed.status === 'successful' ? parsed.basic.responses[0]?.certStatus.status : parsed.status;
        resolve(said ?? 'nothing');
      });
    });
    sent.on('error', reject).end(body);
  });
}
