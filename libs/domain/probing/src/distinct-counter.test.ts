import { describe, expect, it } from 'vitest';
import { DistinctCounter } from './distinct-counter.ts';

const KEY = new Uint8Array(32).fill(3);
const counted = (from: number, to: number): DistinctCounter => {
  const counter = new DistinctCounter(KEY);
  for (let person = from; person < to; person += 1) counter.add(`${person}`);
  return counter;
};

describe('a counter of distinct persons', () => {
  // Four standard deviations of 1.04 / √4096 = 1.6 %; below that linear counting, which is better.
  it.each([0, 1, 10, 100, 1_000, 5_000, 30_000])('comes near to %d', (persons) => {
    expect(Math.abs(counted(0, persons).estimate() - persons)).toBeLessThanOrEqual(Math.max(1, persons * 0.065));
  });

  it('counts nobody twice', () => {
    const counter = counted(0, 500);
    const before = counter.estimate();
    for (let person = 0; person < 500; person += 1) counter.add(`${person}`);
    expect(counter.estimate()).toBe(before);
  });

  it('merges what was counted elsewhere, and goes on with what was kept', () => {
    const merged = counted(0, 3_000);
    merged.merge(counted(2_000, 5_000));
    expect(merged.octets()).toEqual(counted(0, 5_000).octets());
    expect(new DistinctCounter(KEY, merged.octets()).estimate()).toBe(merged.estimate());
    expect(() => new DistinctCounter(KEY, new Uint8Array(4_095))).toThrow(
      expect.objectContaining({ code: 'counter_invalid' }),
    );
  });
});
