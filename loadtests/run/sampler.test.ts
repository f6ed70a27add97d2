import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Sampler } from './sampler.ts';

let text = '';
let server: Server;
let metricsUrl: string;
beforeAll(async () => {
  server = createServer((_, response) => void response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  metricsUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
});
afterAll(() => void server.close());

/** What a service elsewhere says of itself. */
const said = (started: number, cpu: number): string => `process_start_time_seconds ${started}
process_cpu_seconds_total ${cpu}
process_resident_memory_bytes 5e7
kakunin_status_data_age_seconds{worker="1"} 2
`;

/** Samples once for each text that the service gives. */
async function sampled(texts: readonly string[], service: object): Promise<Sampler> {
  const sampler = new Sampler([{ name: 'service', metricsUrl, ...service }]);
  const ends = new AbortController();
  const running = sampler.run(0.01, ends.signal);
  for (const [index, each] of texts.entries()) {
    text = each;
    const before = sampler.samples.length;
    await expect.poll(() => sampler.samples.length, { interval: 5 }).toBeGreaterThan(before + (index === 0 ? 0 : 1));
  }
  ends.abort();
  await running;
  return sampler;
}

test('a service elsewhere is watched by its metrics', async () => {
  const sampler = await sampled([said(1, 10), said(1, 13)], {});
  expect(sampler.cpuSeconds.get('service')).toBe(3);
  expect(sampler.samples.at(-1)).toMatchObject({
    service: 'service',
    memory: 5e7,
    metrics: { kakunin_status_data_age_seconds: 2 },
  });
});

test('one that was started anew has used all of its CPU meanwhile', async () => {
  const sampler = await sampled([said(1, 10), said(1, 13), said(2, 0.5)], {});
  expect(sampler.cpuSeconds.get('service')).toBe(3.5);
});

test('nobody gives CPU back: a server that was killed leaves its children', async () => {
  const sampler = await sampled([said(1, 10), said(1, 13), said(1, 2)], {});
  expect(sampler.cpuSeconds.get('service')).toBe(3);
});

test('a process here is watched itself; one that is gone leaves a gap', async () => {
  const here = await sampled(['', ''], { pid: () => process.pid });
  expect(here.samples.at(-1)!.memory).toBeGreaterThan(1e6);
  const gone = await sampled(['', ''], { pid: () => 2 ** 22 + 1, metricsUrl: 'http://127.0.0.1:1/' });
  expect(gone.samples.at(-1)).toEqual({ second: expect.any(Number), service: 'service', metrics: {} });
});
