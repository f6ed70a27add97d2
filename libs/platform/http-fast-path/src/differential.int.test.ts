import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBothServers, type BothServers } from './testing/differential.ts';
import { sampleStreams } from './testing/streams.ts';

const STREAMS = 4_000;
const AT_ONCE = 50;

let servers: BothServers;
beforeAll(async () => {
  servers = await startBothServers();
});
afterAll(() => servers.close());

test('whatever is sent, the answers are those of node:http alone', async () => {
  const seed = Date.now() % 2 ** 31;
  const streams = sampleStreams(seed, STREAMS);
  for (let from = 0; from < STREAMS; from += AT_ONCE) {
    await Promise.all(
      streams.slice(from, from + AT_ONCE).map(async (stream) => {
        const { fast, node } = await servers.answersTo(stream);
        expect(fast, `seed ${seed}: ${stream.pieces.map((piece) => JSON.stringify(`${piece}`)).join(' | ')}`).toEqual(
          node,
        );
      }),
    );
  }
  // Both ways were gone, each by many.
  expect(servers.figures.requests).toBeGreaterThan(STREAMS / 4);
  expect(servers.figures.handedOver).toBeGreaterThan(STREAMS / 4);
});
