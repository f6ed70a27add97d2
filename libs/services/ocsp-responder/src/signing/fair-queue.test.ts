import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { FairQueue } from './fair-queue.ts';

const drain = <T>(queue: FairQueue<T>): T[] => {
  const items: T[] = [];
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) items.push(item);
  return items;
};

test('callers are served in turns, each in the order of his asking', () => {
  const queue = new FairQueue<string>(10);
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) expect(queue.push(item[0]!, item)).toBeUndefined();
  expect(drain(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
});

test('who comes to a full queue with less waiting displaces the newest of the longest lane', () => {
  const queue = new FairQueue<string>(4);
  for (const item of ['a1', 'a2', 'a3', 'a4']) queue.push('a', item);
  expect(queue.push('b', 'b1')).toBe('a4');
  expect(queue.push('b', 'b2')).toBe('a3');
  expect(queue.push('b', 'b3')).toBe('b3');
  expect(queue.push('a', 'a5')).toBe('a5');
  expect(drain(queue)).toEqual(['a1', 'b1', 'a2', 'b2']);
});

interface Push {
  readonly caller: string;
  readonly id: number;
}

test('never holds more than its limit, and gives out or displaces whatever was put in, once', () => {
  const steps = fc.array(fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { freq: 2 }));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), steps, (limit, asked) => {
      const queue = new FairQueue<Push>(limit);
      const out: Push[] = [];
      const displaced: Push[] = [];
      let id = 0;
      for (const caller of asked) {
        const item = caller === null ? queue.shift() : queue.push(caller, { caller, id: (id += 1) });
        if (item) (caller === null ? out : displaced).push(item);
        expect(queue.length).toBeLessThanOrEqual(limit);
        expect(queue.length).toBe(id - out.length - displaced.length);
      }
      out.push(...drain(queue));
      expect([...out, ...displaced].map((each) => each.id).toSorted((one, other) => one - other)).toEqual(
        Array.from({ length: id }, (_, index) => index + 1),
      );
      for (const name of 'abcd') {
        const ids = out.filter(({ caller }) => caller === name).map((each) => each.id);
        expect(ids).toEqual(ids.toSorted((one, other) => one - other));
      }
    }),
  );
});

test('while all have something waiting, nobody is served twice before everybody was served once', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 5, max: 300 }), { minLength: 1, maxLength: 5 }), (crowds) => {
      const queue = new FairQueue<number>(2_000);
      crowds.forEach((crowd, caller) => {
        for (let count = 0; count < crowd; count += 1) queue.push(`${caller}`, caller);
      });
      const rounds = drain(queue).slice(0, 5 * crowds.length);
      for (let at = 0; at < rounds.length; at += crowds.length)
        expect(new Set(rounds.slice(at, at + crowds.length)).size).toBe(crowds.length);
    }),
  );
});
