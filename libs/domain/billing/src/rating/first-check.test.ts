import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BillingError, countByMinute, type FirstCheckRegister, type Price, PriceList, rateUsage } from '../index.ts';
import { jst, month, tariff } from '../testing/prices.ts';
import { count, digest, event, events } from '../testing/usage.ts';

/** Keeps its keys in memory. */
function emptyRegister(): FirstCheckRegister {
  const keys = new Set<string>();
  return { isFirst: (key) => keys.size < keys.add(key).size };
}

const price = (per: 'month' | 'year', unitPrice = 30n): Price => ({ kind: 'first_check', per, unitPrice });
const rated = (given: Price, counts: Parameters<typeof rateUsage>[0]['counts']) =>
  rateUsage({ counts, prices: new PriceList([tariff('first', given)], []), period: month('2026-11') });

describe('countByMinute', () => {
  const firsts = (...given: ReturnType<typeof event>[]) => {
    const counted = countByMinute(given, emptyRegister());
    return counted.map(({ quantity, firstChecks }) => [quantity, firstChecks?.month, firstChecks?.year]);
  };
  const [first, other] = [event({ certificateDigest: digest(1) }), event({ certificateDigest: digest(2) })];

  it('counts the first check of each certificate', () => {
    expect(firsts(first, first, other, first)).toEqual([[4n, 2n, 2n]]);
  });

  it('begins again at midnight in Tokyo: each month, and each year', () => {
    const at = (time: string) => ({ ...first, time: jst(time) });
    expect(firsts(at('2026-11-30T23:59:59.999'), at('2026-12-01'))).toEqual([
      [1n, 1n, 1n],
      [1n, 1n, 0n],
    ]);
    expect(firsts(at('2026-12-31T23:59:59.999'), at('2027-01-01'))).toEqual([
      [1n, 1n, 1n],
      [1n, 1n, 1n],
    ]);
  });

  it('begins again for another customer, service provider and channel, not for another purpose', () => {
    const differing = [{ platformProvider: 'pf-b' }, { serviceProvider: '' }, { channel: 'crl' }] as const;
    for (const part of differing) expect(firsts(first, { ...first, ...part })[1]).toEqual([1n, 1n, 1n]);
    expect(firsts(first, { ...first, purpose: 'liveness_check' })[1]).toEqual([1n, 0n, 0n]);
  });

  it('does not take for the first what costs nothing', () => {
    expect(firsts({ ...first, outcome: 'unknown' }, first)).toEqual([
      [1n, 0n, 0n],
      [1n, 1n, 1n],
    ]);
  });

  it('does not say what it did not count', () => {
    expect(countByMinute([first])[0]).not.toHaveProperty('firstChecks');
  });
});

describe('a first check tariff', () => {
  it('charges first checks, and shows the others at 0 yen', () => {
    const lines = rated(price('month'), [count(10n, { firstChecks: { month: 4n, year: 1n } })]);
    expect(lines.map(({ quantity, unitPrice, amountDue }) => [quantity, unitPrice, amountDue])).toEqual([
      [6n, 0n, 0n],
      [4n, 30n, 120n],
    ]);
    const [, yearly] = rated(price('year'), [count(10n, { firstChecks: { month: 4n, year: 1n } })]);
    expect(yearly).toMatchObject({ quantity: 1n, amountDue: 30n });
  });

  it('has one line where all are first, none is, or first checks are free too', () => {
    const quantities = (given: Price, first: bigint) =>
      rated(given, [count(10n, { firstChecks: { month: first, year: 0n } })]).map(({ quantity }) => quantity);
    expect(quantities(price('month'), 10n)).toEqual([10n]);
    expect(quantities(price('month'), 0n)).toEqual([10n]);
    expect(quantities(price('month', 0n), 4n)).toEqual([10n]);
  });

  it('costs as many times the price as there are certificates, whatever the order of the events', () => {
    fc.assert(
      fc.property(events, (usage) => {
        const answered = usage.filter(({ outcome }) => outcome !== 'unknown');
        const certificates = new Set(
          answered.map(({ platformProvider, serviceProvider, channel, certificateDigest }) =>
            [platformProvider, serviceProvider, channel, certificateDigest[0]].join(' '),
          ),
        );
        const due = (ordered: typeof usage): bigint =>
          rated(price('month'), countByMinute(ordered, emptyRegister())).reduce(
            (sum, line) => sum + line.amountDue,
            0n,
          );
        expect(due(usage)).toBe(30n * BigInt(certificates.size));
        expect(due(usage.toReversed())).toBe(due(usage));
      }),
    );
  });

  it.each([
    ['are not counted', [count(1n)]],
    ['are not counted in one of two', [count(1n, { firstChecks: { month: 1n, year: 1n } }), count(1n)]],
    ['are more than the checks', [count(1n, { firstChecks: { month: 2n, year: 2n } })]],
    ['are below zero', [count(1n, { firstChecks: { month: -1n, year: 0n } })]],
  ])('refuses usage whose first checks %s', (_what, counts) => {
    expect(() => rated(price('month'), counts)).toThrow(BillingError);
    expect(() => rated(price('month'), counts)).toThrow('first prices the first check of a month');
  });
});
