import { randomFillSync } from 'node:crypto';
import { CONTENT_TYPE } from './load.ts';
import type { LoadInput, LoadResult } from './load.ts';
import { post } from './post.ts';

/** POSTs one request after the other, each on a connection of its own: for a server that serves one connection at a time. */
export async function loadOneByOne({ port, path, bodies, seconds }: LoadInput): Promise<LoadResult> {
  const url = `http://127.0.0.1:${port}${path}`;
  const octets = Uint8Array.from(bodies.first);
  const latencies: number[] = [];
  const started = performance.now();
  const passed = (): number => (performance.now() - started) / 1000;
  while (passed() < seconds) {
    randomFillSync(octets, octets.length - bodies.randomTail);
    const sent = performance.now();
    await post({ url, contentType: CONTENT_TYPE, body: octets });
    latencies.push((performance.now() - sent) * 1000);
  }
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
  return { requests: latencies.length, errors: 0, seconds: passed(), p50: at(0.5), p99: at(0.99), p999: at(0.999) };
}
