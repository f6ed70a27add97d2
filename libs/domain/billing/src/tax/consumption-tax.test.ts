import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BillingError,
  CONSUMPTION_TAX_RATES,
  lineOf,
  type StatementLine,
  type TaxCategory,
  taxOf,
  taxPercentOf,
  type TaxRate,
  type TaxRounding,
} from '../index.ts';
import { month } from '../testing/prices.ts';

const line = (taxCategory: TaxCategory, yen: bigint, usagePeriod = '2026-11'): StatementLine =>
  lineOf(
    {
      kind: 'usage',
      customer: 'pf-a',
      serviceProvider: '',
      usagePeriod: month(usagePeriod),
      tariffId: 'any',
      taxCategory,
    },
    1n,
    yen,
  );
const taxed = (rounding: TaxRounding, ...lines: StatementLine[]) =>
  taxOf(lines, { rates: CONSUMPTION_TAX_RATES, rounding });
const rates: readonly TaxRate[] = [
  ...CONSUMPTION_TAX_RATES,
  { category: 'standard', percent: 12n, from: month('2026-11') },
];

describe('consumption tax', () => {
  it('is rounded once for each rate: 105 yen three times at 10 % is 31 yen, not 30', () => {
    const lines = [105n, 105n, 105n].map((yen) => line('standard', yen));
    expect(taxed('floor', ...lines)).toEqual({
      rounding: 'floor',
      parts: [{ category: 'standard', percent: 10n, taxableAmount: 315n, taxAmount: 31n }],
      taxAmount: 31n,
      amountWithTax: 346n,
    });
  });

  it.each<[TaxRounding, bigint, bigint]>([
    ['floor', 314n, 31n],
    ['round', 314n, 31n],
    ['ceil', 314n, 32n],
    ['floor', 315n, 31n],
    ['round', 315n, 32n],
    ['ceil', 311n, 32n],
    ['ceil', 310n, 31n],
  ])('by %s of %d yen is %d yen, also when it is given back', (rounding, yen, tax) => {
    expect(taxed(rounding, line('standard', yen)).taxAmount).toBe(tax);
    expect(taxed(rounding, line('standard', -yen)).taxAmount).toBe(-tax);
  });

  it('keeps apart what bears which rate, and what bears none', () => {
    const { parts, taxAmount, amountWithTax } = taxed(
      'floor',
      line('out_of_scope', 1n),
      line('non_taxable', 1_000n),
      line('reduced', 199n),
      line('standard', 199n),
    );
    expect(parts.map(({ category, percent, taxAmount: tax }) => [category, percent, tax])).toEqual([
      ['standard', 10n, 19n],
      ['reduced', 8n, 15n],
      ['non_taxable', 0n, 0n],
      ['out_of_scope', 0n, 0n],
    ]);
    expect([taxAmount, amountWithTax]).toEqual([34n, 1_433n]);
  });

  it('is that of the month in which the checks were made, also when they came late', () => {
    const { parts } = taxOf([line('standard', 100n, '2026-11'), line('standard', 100n, '2026-10')], {
      rates,
      rounding: 'floor',
    });
    expect(parts.map(({ percent, taxAmount }) => [percent, taxAmount])).toEqual([
      [10n, 10n],
      [12n, 12n],
    ]);
  });

  it('is not guessed where no rate is known', () => {
    expect(taxPercentOf('standard', month('2019-10'), rates.toReversed())).toBe(10n);
    expect(taxPercentOf('non_taxable', month('2019-09'), [])).toBe(0n);
    expect(() => taxPercentOf('standard', month('2019-09'), rates)).toThrow(BillingError);
  });

  it('is the same whatever the order, and differs from the exact tax by less than a yen', () => {
    const amounts = fc.array(fc.bigInt(-10_000n, 10_000n), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(amounts, fc.constantFrom<TaxRounding>('floor', 'round', 'ceil'), (yen, rounding) => {
        const lines = yen.map((amount) => line('standard', amount));
        const summary = taxed(rounding, ...lines);
        expect(taxed(rounding, ...lines.toReversed())).toEqual(summary);
        const sum = yen.reduce((total, amount) => total + amount, 0n);
        const off = summary.taxAmount * 100n - sum * 10n;
        expect(off < 100n && off > -100n).toBe(true);
      }),
    );
  });
});
