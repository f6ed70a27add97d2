import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBothServers, type BothServers } from './testing/differential.ts';

const STREAMS = 4_000;

let servers: BothServers;
beforeAll(async () => {
  servers = await startBothServers();
});
afterAll(() => servers.close());

test('whatever is sent, the answers are those of node:http alone', async () => {
  await servers.compare(Date.now() % 2 ** 30, STREAMS);
  // Both ways were gone, each by many.
  expect(servers.figures.requests).toBeGreaterThan(STREAMS / 4);
  expect(servers.figures.handedOver).toBeGreaterThan(STREAMS / 4);
});
