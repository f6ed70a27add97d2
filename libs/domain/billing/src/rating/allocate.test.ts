import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allocate } from '../index.ts';

const shares = (amount: bigint, weights: Record<string, bigint>) =>
  Object.fromEntries(allocate(amount, new Map(Object.entries(weights))));

describe('allocate', () => {
  it('gives the yen that are left to the largest fractions', () => {
    // 100 over 7 : 5 : 1 is 53.85, 38.46, 7.69: the two yen that are left go to 0.85 and 0.69.
    expect(shares(100n, { a: 7n, b: 5n, c: 1n })).toEqual({ a: 54n, b: 38n, c: 8n });
  });

  it('gives them to the first codes where fractions are equal', () => {
    expect(shares(5n, { c: 1n, b: 1n, a: 1n })).toEqual({ a: 2n, b: 2n, c: 1n });
    expect(shares(1n, { '': 3n, a: 3n })).toEqual({ '': 1n, a: 0n });
  });

  it('gives nothing where there is nothing to go by', () => {
    expect(shares(0n, { a: 1n, b: 2n })).toEqual({ a: 0n, b: 0n });
    expect(shares(9n, { a: 0n, b: 0n })).toEqual({ a: 0n, b: 0n });
  });

  it('gives all away, each its proportion rounded down or up, whatever the order', () => {
    const weights = fc.dictionary(fc.string({ maxLength: 3 }), fc.bigInt(0n, 10_000n), { minKeys: 1, maxKeys: 8 });
    fc.assert(
      fc.property(fc.bigInt(0n, 100_000n), weights, (amount, given) => {
        const entries = Object.entries(given);
        const sum = entries.reduce((total, [, weight]) => total + weight, 0n);
        fc.pre(sum > 0n);
        const allocated = allocate(amount, new Map(entries));
        expect([...allocated.values()].reduce((total, yen) => total + yen, 0n)).toBe(amount);
        for (const [code, weight] of entries) {
          const down = (amount * weight) / sum;
          expect([down, (amount * weight) % sum === 0n ? down : down + 1n]).toContain(allocated.get(code));
        }
        expect(new Map([...allocate(amount, new Map(entries.toReversed()))].sort())).toEqual(
          new Map([...allocated].sort()),
        );
      }),
    );
  });
});
