import { setTimeout as sleep } from 'node:timers/promises';
import { measured } from '../frame/benchmark.ts';
import type { Row } from '../frame/benchmark.ts';
import { loadByGo } from '../frame/go-load.ts';
import type { LoadResult } from '../frame/load.ts';
import type { ServerProcess } from '../frame/server-process.ts';
import type { Stage } from './stage.ts';

/** What the modest caller asks for, and what the greedy one may. */
const MODEST_RATE = 100;
const GREEDY_LIMIT = 500;
const GREEDY_CONNECTIONS = 200;
/** Its 200 handshakes are over by then. */
const HEAD_START_SECONDS = 2;

/** The latency of a modest caller, alone and beside one who asks for signatures on 200 connections without a pause. */
export async function greedyCaller(stage: Stage): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [limit, words] of [
    [0, 'no limit, fair queue alone'],
    [GREEDY_LIMIT, `limit of ${GREEDY_LIMIT}/s a caller`],
  ] as const) {
    const server = await stage.kakunin(1, limit);
    try {
      await modest(stage, server, 1);
      const alone = await modest(stage, server);
      const greedily = greed(stage, server);
      await sleep(HEAD_START_SECONDS * 1000);
      const beside = await modest(stage, server);
      const greedy = await greedily;
      stage.say(`${words}: the greedy caller got ${Math.round(greedy.requests / greedy.seconds)} answers/s`);
      rows.push(
        measured(`modest caller alone (${words}): 99th percentile`, alone.p99 / 1000, 'ms'),
        measured(`modest caller beside a greedy one (${words}): 50th percentile`, beside.p50 / 1000, 'ms'),
        measured(`modest caller beside a greedy one (${words}): 99th percentile`, beside.p99 / 1000, 'ms'),
      );
    } finally {
      await server.stop();
    }
  }
  return rows;
}

const modest = (stage: Stage, server: ServerProcess, seconds = stage.seconds): Promise<LoadResult> =>
  loadByGo({
    ...commonOf(stage, server),
    bodies: stage.population.p256.requestsWithNonce,
    client: stage.population.rsa.client,
    connections: 8,
    rate: MODEST_RATE,
    seconds,
  });

/** Asks for RSA signatures, which cost most. */
const greed = (stage: Stage, server: ServerProcess): Promise<LoadResult> =>
  loadByGo({
    ...commonOf(stage, server),
    bodies: stage.population.rsa.requestsWithNonce,
    client: stage.population.p256.client,
    connections: GREEDY_CONNECTIONS,
    seconds: stage.seconds + 2 * HEAD_START_SECONDS,
  });

const commonOf = ({ directory, bin }: Stage, server: ServerProcess) => ({
  directory,
  bin,
  port: Number(server.ready['mtls']),
  path: '/ocsp',
});
