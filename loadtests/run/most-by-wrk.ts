import { join } from 'node:path';
import { type LoadResult, type RequestBodies, writeBodies } from '@kakunin/benchmarks/frame/load';
import { loadByWrk } from '@kakunin/benchmarks/frame/wrk';
import { NONCE_OCTETS, RequestWriter } from '../lib/request-template.ts';
import { certificateOfCheck } from '../model/population.ts';
import { usageOf } from './process-usage.ts';
import { readMetrics } from './prometheus-text.ts';
import type { Target, WatchedService } from './target.ts';

/** Different requests, spread as people use their certificates. */
const REQUESTS = 2_000;
const CONNECTIONS = 64;
const WARM_UP_SECONDS = 2;

/** What a responder answers at most, with wrk beside it on the machine. */
export interface Most {
  /** Answers a second. */
  readonly aSecond: number;
  /** Milliseconds, with as many requests at once as it takes to keep it busy. */
  readonly p99: number;
  /** Of the responder, an answer. */
  readonly cpuMicroseconds: number;
  /** Of these answers, those that say nothing about a certificate: 0, or the figure means nothing. */
  readonly refused: number;
  /** Requests that wrk got no answer to. */
  readonly errors: number;
}

export interface MostByWrk {
  readonly live: Most;
  readonly cached: Most;
}

export interface MostInput {
  readonly target: Pick<Target, 'authorities' | 'plainOcspUrl' | 'services'>;
  readonly directory: string;
  /** Each of the two. */
  readonly seconds: number;
  readonly run: number;
}

/** Asks on the plain port as fast as answers come: with a nonce (signed each time), and without (signed before). */
export async function measureMost({ target, directory, seconds, run }: MostInput): Promise<MostByWrk> {
  const [{ population, firstSerial, withNonce, withoutNonce }] = target.authorities.slice(-1) as [
    Target['authorities'][number],
  ];
  const responder = target.services.find(({ name }) => name === 'ocsp-responder')!;
  const serials = Array.from(
    { length: REQUESTS },
    (_, check) => firstSerial + certificateOfCheck(population, run, check).ordinal,
  );
  const bodies = (name: string, writer: RequestWriter, randomTail: number): RequestBodies =>
    writeBodies(
      join(directory, name),
      serials.map((serial) => writer.write(serial, new Uint8Array(NONCE_OCTETS))),
      randomTail,
    );
  const url = new URL(target.plainOcspUrl);
  const most = async (asked: RequestBodies): Promise<Most> => {
    const load = { directory, port: Number(url.port), path: url.pathname, bodies: asked, connections: CONNECTIONS };
    await loadByWrk({ ...load, seconds: WARM_UP_SECONDS });
    const before = await spentBy(responder);
    const result = await loadByWrk({ ...load, seconds });
    return mostOf(result, before, await spentBy(responder));
  };
  return {
    live: await most(bodies('live.bodies', new RequestWriter(withNonce), NONCE_OCTETS)),
    cached: await most(bodies('cached.bodies', new RequestWriter(withoutNonce), 0)),
  };
}

interface Spent {
  readonly cpuSeconds: number;
  readonly refused: number;
}

async function spentBy({ pid, metricsUrl }: WatchedService): Promise<Spent> {
  const metrics = readMetrics(await (await fetch(metricsUrl)).text());
  return {
    cpuSeconds: usageOf(pid?.() ?? 0)?.cpuSeconds ?? 0,
    refused: metrics.get('kakunin_ocsp_refusals_total') ?? 0,
  };
}

const mostOf = ({ requests, errors, seconds, p99 }: LoadResult, before: Spent, after: Spent): Most => ({
  aSecond: requests / seconds,
  p99: p99 / 1_000,
  cpuMicroseconds: ((after.cpuSeconds - before.cpuSeconds) * 1e6) / Math.max(requests, 1),
  refused: after.refused - before.refused,
  errors,
});
