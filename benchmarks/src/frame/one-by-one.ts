import { randomFillSync } from 'node:crypto';
import type { LoadInput, LoadResult } from './load.ts';
import { post } from './post.ts';

/** POSTs one request after the other, each on a connection of its own: for a server that serves one connection at a time. */
export async function loadOneByOne({ url, contentType, body, random, seconds }: LoadInput): Promise<LoadResult> {
  const octets = Uint8Array.from(body);
  const latencies: number[] = [];
  const started = performance.now();
  const passed = (): number => (performance.now() - started) / 1000;
  while (passed() < seconds) {
    if (random) randomFillSync(octets, random.offset, random.length);
    const sent = performance.now();
    await post({ url, contentType, body: octets });
    latencies.push(performance.now() - sent);
  }
  const p99 = latencies.sort((a, b) => a - b)[Math.floor(latencies.length * 0.99)] ?? 0;
  return { requests: latencies.length, errors: 0, seconds: passed(), p99: p99 * 1000 };
}
