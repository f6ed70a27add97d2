import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RequestCache } from './request-cache.ts';

interface Entry {
  readonly request: Uint8Array;
  readonly answer: number;
}

/** Few of them, of few octets, so that they meet. */
const requests = fc.uint8Array({ maxLength: 2, max: 3 });

test('what it finds is what was put last for these octets', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), requests), { maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20 }), steps, (capacity, taken) => {
      const cache = new RequestCache<Entry>(capacity);
      const model = new Map<string, number>();
      taken.forEach(([puts, request], answer) => {
        const key = request.join();
        if (puts) {
          cache.set({ request: Uint8Array.from(request), answer });
          model.set(key, answer);
        }
        const found = cache.get(request);
        if (found) expect(found.answer).toBe(model.get(key));
        if (puts) expect(found !== undefined).toBe(capacity > 0);
      });
    }),
  );
});

const numbered = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, index) => Buffer.from(`request ${index}`));

test('keeps as many as it should', () => {
  const cache = new RequestCache<Entry>(800);
  numbered(10_000).forEach((request, answer) => cache.set({ request, answer }));
  expect(numbered(10_000).filter((request) => cache.get(request))).toHaveLength(800);
});

test('what is asked for often stays while others pass through', () => {
  const cache = new RequestCache<Entry>(8);
  const [often, ...others] = numbered(1_000);
  cache.set({ request: often!, answer: 0 });
  others.forEach((request, index) => {
    cache.set({ request, answer: index });
    expect(cache.get(often!)?.answer).toBe(0);
  });
});

test('is empty when cleared', () => {
  const cache = new RequestCache<Entry>(8);
  const [request] = numbered(1);
  cache.set({ request: request!, answer: 1 });
  cache.clear();
  expect(cache.get(request!)).toBeUndefined();
});
