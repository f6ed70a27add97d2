import { atMost, measured } from '../frame/benchmark.ts';
import type { Row } from '../frame/benchmark.ts';
import { loadByGo } from '../frame/go-load.ts';
import type { Stage } from './stage.ts';
import { loadOn } from './subject.ts';
import type { Subject } from './subject.ts';

const SHARE = 0.7;

/** Latency at 70 % of the saturated rate, from when each request was due: what waits in a queue is not forgotten. */
export async function latency(stage: Stage): Promise<readonly Row[]> {
  const { requests, requestsWithNonce } = stage.population.p256;
  const server = await stage.kakunin(1);
  const floor = await stage.goFloor();
  try {
    const at = (bodies: Subject['bodies'], rate?: number): Subject => ({
      name: '',
      server,
      bodies,
      connections: 256,
      load: (input) => loadByGo({ ...input, bin: stage.bin, ...(rate !== undefined && { rate }) }),
    });
    const of = async (name: string, bodies: Subject['bodies']) => {
      await loadOn(at(bodies), { ...stage, seconds: 2 });
      const saturated = await loadOn(at(bodies), stage);
      const rate = (saturated.requests / saturated.seconds) * SHARE;
      stage.say(`${name}: ${Math.round(rate)} requests/s …`);
      const { p50, p99, p999 } = await loadOn(at(bodies, rate), stage);
      return { rate, p50: p50 / 1000, p99: p99 / 1000, p999: p999 / 1000 };
    };
    const cached = await of('cached', requests);
    // The generator has the same two cores: what it and the machine add is there without us, too.
    const least = await loadOn({ ...at(requests, cached.rate), server: floor }, stage);
    const live = await of('live P-256', requestsWithNonce);
    return [
      measured('latency, cached: 70 % of the saturated rate', cached.rate, 'requests/s'),
      measured('latency, cached: 50th percentile', cached.p50, 'ms'),
      atMost(10, measured('latency, cached: 99th percentile', cached.p99, 'ms')),
      measured('latency, cached: 99.9th percentile', cached.p999, 'ms'),
      measured('latency, empty Go handler at that rate: 99th percentile', least.p99 / 1000, 'ms'),
      measured('latency, live P-256: 70 % of the saturated rate', live.rate, 'requests/s'),
      measured('latency, live P-256: 50th percentile', live.p50, 'ms'),
      measured('latency, live P-256: 99th percentile', live.p99, 'ms'),
      measured('latency, live P-256: 99.9th percentile', live.p999, 'ms'),
    ];
  } finally {
    await Promise.all([server.stop(), floor.stop()]);
  }
}
