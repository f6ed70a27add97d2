import { createCipheriv } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRetryWindow, FIRST_LEVEL } from './retry-window-memory.ts';
import { RetryWindow } from './retry-window.ts';
import { requestDigestOf } from './testing/usage-events.ts';

const LENGTH = 60_000;
const NOW = 1_800_000_000_000;
const digests = Array.from({ length: 40 }, (_, number) => requestDigestOf(number));

const step = fc.record({
  digest: fc.nat({ max: digests.length - 1 }),
  count: fc.integer({ min: 0, max: 5 }),
  passes: fc.oneof({ arbitrary: fc.integer({ min: 0, max: 5_000 }), weight: 9 }, fc.constantFrom(-3_600_000, 90_000)),
});

it('says what a plain map would, in any view of the memory, however the clock is set', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const memory = createRetryWindow({ lengthMs: LENGTH, capacity: 1 });
      const views = [new RetryWindow(memory), new RetryWindow(memory)] as const;
      const known = new Map<number, { time: number; count: number }>();
      let now = NOW;
      for (const [index, { digest, count, passes }] of steps.entries()) {
        now += passes;
        const entry = known.get(digest);
        const expected = entry && Math.abs(now - entry.time) <= LENGTH ? entry.count : 0;
        expect(views[index % 2 === 0 ? 0 : 1].count(digests[digest]!, 0, now)).toBe(expected);
        if (count === 0) continue;
        views[0].remember(digests[digest]!, 0, { time: now, count: expected + count });
        known.set(digest, { time: now, count: expected + count });
      }
    }),
  );
});

it('grows with what it has to remember, and forgets nothing meanwhile', () => {
  const requests = 100_000;
  const memory = createRetryWindow({ lengthMs: LENGTH, capacity: requests });
  const window = new RetryWindow(memory);
  const octets = evenlySpread(requests);
  const timeOf = (request: number): number => NOW + (request >> 2);
  for (let request = 0; request < requests; request += 1)
    window.remember(octets, 16 * request, { time: timeOf(request), count: 1 });
  expect(new Int32Array(memory.levels)[0]).toBeGreaterThan(FIRST_LEVEL);
  const end = timeOf(requests - 1);
  const known = (now: number): number => knownOf(window, octets, { from: 0, to: requests, now });
  expect([known(end), known(end + LENGTH), known(end + LENGTH + 1)]).toEqual([requests, 4, 0]);
});

it('beyond its capacity forgets the oldest early, and remembers on', () => {
  const requests = 300_000;
  const window = new RetryWindow(createRetryWindow({ lengthMs: LENGTH, capacity: 1 }));
  const octets = evenlySpread(requests);
  for (let request = 0; request < requests; request += 1)
    window.remember(octets, 16 * request, { time: NOW + (request >> 4), count: 1 });
  const now = NOW + 20_000;
  expect(knownOf(window, octets, { from: requests - 20_000, to: requests, now })).toBe(20_000);
  expect(knownOf(window, octets, { from: 0, to: 20_000, now })).toBeLessThan(200);
});

/** Digests, one after the other. */
const evenlySpread = (requests: number): Uint8Array =>
  createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16)).update(Buffer.alloc(16 * requests));

function knownOf(
  window: RetryWindow,
  octets: Uint8Array,
  { from, to, now }: Record<'from' | 'to' | 'now', number>,
): number {
  let known = 0;
  for (let request = from; request < to; request += 1) known += window.count(octets, 16 * request, now);
  return known;
}
