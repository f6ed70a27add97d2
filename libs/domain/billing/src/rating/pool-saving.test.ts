import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PriceList, rateUsage, tieredAmount, type TieredPrice, totalsOf } from '../index.ts';
import { month, tariff, waiver } from '../testing/prices.ts';
import { count } from '../testing/usage.ts';

const tiers = [{ upTo: 1_000n, unitPrice: 20n }, { upTo: 10_000n, unitPrice: 15n }, { unitPrice: 10n }];
const pooled = (kind: TieredPrice['kind']): TieredPrice => ({ kind, tiers, pooled: true });
const rated = (price: TieredPrice, quantities: Record<string, bigint>, waivers = [] as ReturnType<typeof waiver>[]) =>
  rateUsage({
    counts: Object.entries(quantities).map(([serviceProvider, quantity]) => count(quantity, { serviceProvider })),
    prices: new PriceList([tariff('pool', price)], waivers),
    period: month('2026-11'),
  });

describe('a pool', () => {
  it('shares its saving by what each would pay alone', () => {
    // Alone: a 900 × 20 = 18,000; b 600 × 20 = 12,000; c 2,000: 20,000 + 15,000 = 35,000; together 65,000.
    // Pooled 3,500: 20,000 + 2,500 × 15 = 57,500. The saving of 7,500 by 18 : 12 : 35 is
    // 2,076.92, 1,384.62, 4,038.46: two yen are left, and go to a and b.
    const lines = rated(pooled('graduated'), { a: 900n, b: 600n, c: 2_000n });
    expect(
      lines.map(({ serviceProvider, kind, quantity, amountDue }) => [serviceProvider, kind, quantity, amountDue]),
    ).toEqual([
      ['a', 'usage', 900n, 18_000n],
      ['a', 'pool_saving', 0n, -2_077n],
      ['b', 'usage', 600n, 12_000n],
      ['b', 'pool_saving', 0n, -1_385n],
      ['c', 'usage', 1_000n, 20_000n],
      ['c', 'usage', 1_000n, 15_000n],
      ['c', 'pool_saving', 0n, -4_038n],
    ]);
    expect(totalsOf(lines)).toMatchObject({ quantity: 3_500n, amountDue: 57_500n });
  });

  it('saves nothing for one alone, or below the first tier', () => {
    expect(rated(pooled('graduated'), { a: 5_000n }).map(({ kind }) => kind)).toEqual(['usage', 'usage']);
    expect(rated(pooled('volume'), { a: 10n, b: 20n }).map(({ kind }) => kind)).toEqual(['usage', 'usage']);
  });

  it('costs what its checks cost together; nobody pays more than alone, or less than nothing', () => {
    const quantities = fc.dictionary(fc.constantFrom('', 'a', 'b', 'c', 'd'), fc.bigInt(1n, 8_000n), { minKeys: 1 });
    fc.assert(
      fc.property(quantities, fc.constantFrom('graduated', 'volume'), (members, kind) => {
        const lines = rated(pooled(kind), members);
        const together = Object.values(members).reduce((sum, quantity) => sum + quantity, 0n);
        expect(totalsOf(lines).amountDue).toBe(tieredAmount(pooled(kind), together));
        for (const [code, quantity] of Object.entries(members)) {
          const { amountDue } = totalsOf(lines.filter(({ serviceProvider }) => serviceProvider === code));
          expect(amountDue).toBeGreaterThanOrEqual(0n);
          expect(amountDue).toBeLessThanOrEqual(tieredAmount(pooled(kind), quantity));
        }
      }),
    );
  });

  it('costs nothing when it is waived, with its saving still shown', () => {
    const lines = rated(pooled('graduated'), { a: 900n, b: 900n }, [waiver('free')]);
    expect(totalsOf(lines)).toEqual({ quantity: 1_800n, listAmount: 32_000n, waiverAmount: -32_000n, amountDue: 0n });
    expect(lines.every(({ amountDue, waiverId }) => amountDue === 0n && waiverId === 'free')).toBe(true);
  });
});
