import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedMap } from './bounded-map.ts';

const of = (name: string) => ({ name });

test('forgets what was used longest ago', () => {
  const map = new BoundedMap<{ name: string }>(2);
  map.set('a', of('a'));
  map.set('b', of('b'));
  map.get('a');
  map.set('c', of('c'));
  expect([map.get('a'), map.get('b'), map.get('c')]).toEqual([of('a'), undefined, of('c')]);
});

test('never holds more than it may, and always what came last', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.constantFrom(...'abcdefgh')), (capacity, keys) => {
      const map = new BoundedMap<{ name: string }>(capacity);
      for (const key of keys) {
        map.set(key, of(key));
        expect(map.get(key)).toEqual(of(key));
        expect(map.size).toBeLessThanOrEqual(capacity);
      }
    }),
  );
});

test('a capacity of 0 keeps nothing', () => {
  const map = new BoundedMap<{ name: string }>(0);
  map.set('a', of('a'));
  expect(map.get('a')).toBeUndefined();
});
