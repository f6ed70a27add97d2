import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareLines, differenceOf, lineKey, PriceList, rateUsage, statementsOf, totalsOf } from '../index.ts';
import { everyKind } from '../testing/every-kind.ts';
import { jst, minimum, month, tariff, unit } from '../testing/prices.ts';
import { count, counts } from '../testing/usage.ts';

const october = month('2026-10');
const november = month('2026-11');
const inOctober = { time: jst('2026-10-31T23:59:59.999') };

describe('late usage', () => {
  it('is a line of the next statement that names its month', () => {
    const prices = new PriceList([tariff('unit', unit(20n))], []);
    const onTime = [count(5n, inOctober)];
    const billed = rateUsage({ counts: onTime, prices, period: october });
    const all = rateUsage({ counts: [...onTime, count(2n, inOctober)], prices, period: october });
    const own = rateUsage({ counts: [count(1n)], prices, period: november });
    const [statement] = statementsOf([...differenceOf(all, billed), ...own], november);
    expect(statement?.period).toBe('2026-11');
    expect(statement?.lines.map(({ usagePeriod, quantity, amountDue }) => [usagePeriod, quantity, amountDue])).toEqual([
      ['2026-10', 2n, 40n],
      ['2026-11', 1n, 20n],
    ]);
  });

  it('gives back what tiers, or a minimum that is met now, charged too much', () => {
    const tiers = [{ upTo: 10n, unitPrice: 20n }, { unitPrice: 10n }];
    const prices = new PriceList([tariff('volume', { kind: 'volume', tiers })], [], [minimum('least', 250n)]);
    const rated = (checks: bigint) => rateUsage({ counts: [count(checks)], prices, period: november });
    // 10 checks: 200 yen and 50 to the minimum. 30 checks: 300 yen.
    const late = differenceOf(rated(30n), rated(10n));
    expect(late.map(({ kind, tier, quantity, amountDue }) => [kind, tier, quantity, amountDue])).toEqual([
      ['minimum', undefined, 0n, -50n],
      ['usage', 1, -10n, -200n],
      ['usage', 2, 30n, 300n],
    ]);
  });

  it('costs, with what was billed before, what all usage costs, whatever the prices and however often it comes', () => {
    fc.assert(
      fc.property(counts, counts, counts, (first, second, third) => {
        const rated = (usage: typeof first) => rateUsage({ counts: usage, prices: everyKind, period: november });
        const billed = rated(first);
        const late = differenceOf(rated([...first, ...second]), billed);
        const later = differenceOf(rated([...first, ...second, ...third]), [...billed, ...late]);
        const all = rated([...first, ...second, ...third]);
        expect(totalsOf([...billed, ...late, ...later])).toEqual(totalsOf(all));
        expect(differenceOf(all, [...billed, ...late, ...later])).toEqual([]);
        expect(late.toSorted(compareLines)).toEqual(late);
        expect(new Set(late.map(lineKey)).size).toBe(late.length);
      }),
    );
  });
});
