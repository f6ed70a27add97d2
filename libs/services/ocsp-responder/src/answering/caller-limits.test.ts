import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallerLimits } from './caller-limits.ts';

const workers = (count: number, options: { requestsPerSecond?: number; connections?: number }) => {
  const memory = CallerLimits.memoryFor(count, { requestsPerSecond: 0, connections: 0, ...options });
  return Array.from({ length: count }, (_, worker) => new CallerLimits(memory, worker)) as [CallerLimits, CallerLimits];
};

test('all workers find a caller in the same slot, and two callers in two', () => {
  const code = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/);
  fc.assert(
    fc.property(fc.uniqueArray(code, { maxLength: 100 }), (codes) => {
      const [one, other] = workers(2, {});
      const slots = codes.map((each) => one.slotOf(each));
      expect(new Set(slots).size).toBe(codes.length);
      expect(codes.toReversed().map((each) => other.slotOf(each))).toEqual(slots.toReversed());
    }),
  );
});

test('as many requests are admitted in a second as the limit says, by all workers together', () => {
  const [one, other] = workers(2, { requestsPerSecond: 3 });
  const slot = one.slotOf('pf');
  const at = (now: number) => [one, other, one, other, one].map((limits) => limits.admits(slot, now));
  expect(at(1_000)).toEqual([true, true, true, false, false]);
  expect(at(1_999)).toEqual([false, false, false, false, false]);
  expect(at(2_000)).toEqual([true, true, true, false, false]);
});

test('a clock that is set back counts anew', () => {
  const [one] = workers(1, { requestsPerSecond: 1 });
  expect([one.admits(0, 9_000), one.admits(0, 9_000), one.admits(0, 4_000)]).toEqual([true, false, true]);
});

test('connections are counted over all workers, and given back', () => {
  const [one, other] = workers(2, { connections: 2 });
  const slot = one.slotOf('pf');
  expect([one.connect(slot), other.connect(slot), one.connect(slot)]).toEqual([true, true, false]);
  other.disconnect(slot);
  expect(one.connect(slot)).toBe(true);
});

test('the connections of a worker that died are gone, those of the others are not', () => {
  const [one, other] = workers(2, { connections: 2 });
  const slot = one.slotOf('pf');
  expect([one.connect(slot), other.connect(slot)]).toEqual([true, true]);
  one.forgetConnections();
  expect([other.connect(slot), other.connect(slot)]).toEqual([true, false]);
});

test('no limit is no limit', () => {
  const [one] = workers(1, {});
  for (let times = 0; times < 1_000; times += 1) expect(one.admits(5, 0) && one.connect(5)).toBe(true);
});
