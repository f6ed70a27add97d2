import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Commitment, PriceList, rateUsage, totalsOf } from '../index.ts';
import { cap, jst, minimum, month, tariff, unit, waiver } from '../testing/prices.ts';
import { count } from '../testing/usage.ts';

const tariffs = [
  tariff('ocsp', unit(20n), { scope: { channel: 'ocsp' } }),
  tariff('crl', unit(5n), { scope: { channel: 'crl' }, taxCategory: 'non_taxable' }),
];
const rated = (
  counts: ReturnType<typeof count>[],
  commitments: Commitment[],
  waivers = [] as ReturnType<typeof waiver>[],
) => rateUsage({ counts, prices: new PriceList(tariffs, waivers, commitments), period: month('2026-11') });
const shown = (lines: ReturnType<typeof rated>) =>
  lines.map(({ customer, kind, amountDue }) => `${customer} ${kind} ${amountDue}`);

describe('a minimum and a cap', () => {
  it('are lines of their own with the difference', () => {
    const agreed = [minimum('least', 1_000n), cap('most', 3_000n)];
    expect(shown(rated([count(10n)], agreed))).toEqual(['pf-a minimum 800', 'pf-a usage 200']);
    expect(shown(rated([count(50n)], agreed))).toEqual(['pf-a usage 1000']);
    expect(shown(rated([count(150n)], agreed))).toEqual(['pf-a usage 3000']);
    const [line] = rated([count(200n)], agreed);
    expect(line).toEqual({
      kind: 'cap',
      customer: 'pf-a',
      serviceProvider: '',
      usagePeriod: '2026-11',
      tariffId: 'most',
      taxCategory: 'standard',
      quantity: 0n,
      listAmount: -1_000n,
      waiverAmount: 0n,
      amountDue: -1_000n,
    });
  });

  it('count each customer, all of its service providers, and their own tax category', () => {
    const usage = [
      count(30n),
      count(30n, { serviceProvider: 'sp-b' }),
      count(100n, { channel: 'crl' }),
      count(1n, { platformProvider: 'pf-b' }),
    ];
    const agreed = [cap('most', 1_000n), minimum('least', 600n, { taxCategory: 'non_taxable' })];
    expect(shown(rated(usage, agreed))).toEqual([
      'pf-a minimum 100',
      'pf-a cap -200',
      'pf-a usage 500',
      'pf-a usage 600',
      'pf-a usage 600',
      'pf-b minimum 600',
      'pf-b usage 20',
    ]);
  });

  it('prefer what is agreed with the customer, and hold for it also without usage', () => {
    const named = minimum('named', 700n, { scope: { customer: 'pf-c' } });
    const agreed = [minimum('least', 100n), named];
    expect(shown(rated([count(1n), count(1n, { platformProvider: 'pf-c' })], agreed))).toEqual([
      'pf-a minimum 80',
      'pf-a usage 20',
      'pf-c minimum 680',
      'pf-c usage 20',
    ]);
    expect(shown(rated([], agreed))).toEqual(['pf-c minimum 700']);
    expect(shown(rated([], [{ ...named, validFrom: jst('2026-12-01') }]))).toEqual([]);
    expect(shown(rated([], [{ ...named, validTo: jst('2026-11-01') }]))).toEqual([]);
  });

  it('count what is due after waivers', () => {
    expect(shown(rated([count(10n)], [minimum('least', 50n)], [waiver('free')]))).toEqual([
      'pf-a minimum 50',
      'pf-a usage 0',
    ]);
  });

  it('let the cap have the last word, and keep what is due between them', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 100n), fc.bigInt(0n, 2_000n), fc.bigInt(0n, 2_000n), (checks, least, most) => {
        const agreed = [cap('most', most), minimum('least', least, { scope: { customer: 'pf-a' } })];
        const due = checks * 20n;
        const lifted = due < least ? least : due;
        expect(totalsOf(rated([count(checks)], agreed)).amountDue).toBe(lifted < most ? lifted : most);
      }),
    );
  });
});
