import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PriceList, rateUsage, spreadOverTiers, type Tier, tieredAmount, type TieredPrice } from '../index.ts';
import { jst, month, tariff, waiver } from '../testing/prices.ts';
import { count } from '../testing/usage.ts';

const tiers = [{ upTo: 1_000n, unitPrice: 20n }, { upTo: 10_000n, unitPrice: 15n }, { unitPrice: 10n }];
const graduated: TieredPrice = { kind: 'graduated', tiers };
const volume: TieredPrice = { kind: 'volume', tiers };

/** Tiers whose prices never rise, as most tables are. */
const falling = fc
  .tuple(
    fc.array(fc.bigInt(1n, 500n), { minLength: 0, maxLength: 4 }),
    fc.array(fc.bigInt(0n, 50n), { minLength: 5, maxLength: 5 }),
  )
  .map(([widths, prices]): Tier[] => {
    const sorted = prices.toSorted((one, other) => Number(other - one));
    let upTo = 0n;
    const bounded = widths.map((width, index) => ({ upTo: (upTo += width), unitPrice: sorted[index] ?? 0n }));
    return [...bounded, { unitPrice: sorted[widths.length] ?? 0n }];
  });
const kinds = fc.constantFrom('graduated', 'volume');
const quantity = fc.bigInt(0n, 3_000n);

describe('tiers', () => {
  // By hand: 1,000 × 20 = 20,000; 9,000 × 15 = 135,000; from there on 10 yen each.
  it.each([
    [0n, 0n, 0n],
    [1n, 20n, 20n],
    [1_000n, 20_000n, 20_000n],
    [1_001n, 20_015n, 15_015n],
    [10_000n, 155_000n, 150_000n],
    [10_001n, 155_010n, 100_010n],
    [25_000n, 305_000n, 250_000n],
  ])('price %d checks: graduated %d yen, volume %d yen', (checks, byGraduated, byVolume) => {
    expect(tieredAmount(graduated, checks)).toBe(byGraduated);
    expect(tieredAmount(volume, checks)).toBe(byVolume);
  });

  it('show which checks cost what', () => {
    expect(spreadOverTiers(graduated, 10_001n)).toEqual([
      { tier: 1, unitPrice: 20n, quantity: 1_000n },
      { tier: 2, unitPrice: 15n, quantity: 9_000n },
      { tier: 3, unitPrice: 10n, quantity: 1n },
    ]);
    expect(spreadOverTiers(volume, 10_001n)).toEqual([{ tier: 3, unitPrice: 10n, quantity: 10_001n }]);
  });

  it('price every check once, and by falling prices volume never more than graduated', () => {
    fc.assert(
      fc.property(falling, quantity, (table, checks) => {
        const spread = spreadOverTiers({ kind: 'graduated', tiers: table }, checks);
        expect(spread.reduce((sum, share) => sum + share.quantity, 0n)).toBe(checks);
        const stepwise = tieredAmount({ kind: 'graduated', tiers: table }, checks);
        expect(tieredAmount({ kind: 'volume', tiers: table }, checks)).toBeLessThanOrEqual(stepwise);
        expect(stepwise).toBeLessThanOrEqual(checks * (table[0]?.unitPrice ?? 0n));
      }),
    );
  });

  it('make a further check cost, graduated, what its tier says', () => {
    fc.assert(
      fc.property(falling, quantity, (table, checks) => {
        const price: TieredPrice = { kind: 'graduated', tiers: table };
        const own = table.find(({ upTo }) => upTo === undefined || checks < upTo)?.unitPrice;
        expect(tieredAmount(price, checks + 1n) - tieredAmount(price, checks)).toBe(own);
      }),
    );
  });

  it('cost together never more than apart, where prices fall', () => {
    fc.assert(
      fc.property(falling, fc.tuple(quantity, quantity), kinds, (table, [one, other], kind) => {
        const amount = (checks: bigint): bigint => tieredAmount({ kind, tiers: table }, checks);
        expect(amount(one + other)).toBeLessThanOrEqual(amount(one) + amount(other));
      }),
    );
  });
});

describe('a tiered tariff', () => {
  const rated = (price: TieredPrice, waivers = [] as ReturnType<typeof waiver>[]) => {
    const prices = new PriceList([tariff('tiers', price, { scope: { channel: 'ocsp' } })], waivers);
    const counts = [
      count(600n),
      count(600n, { certificateClass: 'user-authentication', purpose: 'liveness_check' }),
      count(700n, { serviceProvider: 'sp-b', time: jst('2026-11-01') }),
    ];
    return rateUsage({ counts, prices, period: month('2026-11') });
  };
  const shown = (lines: ReturnType<typeof rated>) =>
    lines.map(({ serviceProvider, tier, quantity: checks, amountDue }) => [serviceProvider, tier, checks, amountDue]);

  it('counts the checks of each service provider, whatever their class, carrier and purpose', () => {
    const lines = rated(graduated);
    expect(shown(lines)).toEqual([
      ['sp-a', 1, 1_000n, 20_000n],
      ['sp-a', 2, 200n, 3_000n],
      ['sp-b', 1, 700n, 14_000n],
    ]);
    expect(lines[0]).toMatchObject({ channel: 'ocsp', unitPrice: 20n, kind: 'usage' });
    expect(lines[0]).not.toHaveProperty('certificateClass');
  });

  it('counts what is waived by itself', () => {
    const free = waiver('free', { scope: { purpose: 'liveness_check' } });
    expect(shown(rated(graduated, [free]))).toEqual([
      ['sp-a', 1, 600n, 12_000n],
      ['sp-a', 1, 600n, 0n],
      ['sp-b', 1, 700n, 14_000n],
    ]);
  });
});
