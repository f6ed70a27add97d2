import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BillingError,
  PriceList,
  type RatableCount,
  rateMargin,
  rateUsage,
  resaleStatementsOf,
  totalsOf,
} from '../index.ts';
import { everyKind } from '../testing/every-kind.ts';
import { minimum, month, tariff, unit, waiver } from '../testing/prices.ts';
import { count, counts } from '../testing/usage.ts';

const period = month('2026-11');
const wholesale = new PriceList([tariff('fee', unit(20n), { taxCategory: 'non_taxable' })], []);
const resale = new PriceList(
  [tariff('on-top', unit(3n)), tariff('for-b', unit(5n), { scope: { customer: 'sp-b' } })],
  [],
  [minimum('handling', 100n)],
);

const resold = (usage: readonly RatableCount[], fees = wholesale, prices = resale) =>
  resaleStatementsOf({
    platformProvider: 'pf-a',
    period,
    billed: rateUsage({ counts: usage, prices: fees, period }),
    margin: rateMargin({ platformProvider: 'pf-a', period, counts: usage, prices }),
  });

describe('resale', () => {
  it('bills each service provider the fee and the margin on lines of their own', () => {
    const usage = [
      count(10n),
      count(40n, { serviceProvider: 'sp-b' }),
      count(7n, { serviceProvider: '' }),
      count(99n, { platformProvider: 'pf-b' }),
    ];
    const statements = resold(usage);
    const shown = statements.map(({ customer, lines }) => [
      customer,
      ...lines.map(({ charge, kind, amountDue, taxCategory }) => `${charge} ${kind} ${amountDue} ${taxCategory}`),
    ]);
    expect(shown).toEqual([
      ['sp-a', 'pass_through usage 200 non_taxable', 'margin usage 30 standard', 'margin minimum 70 standard'],
      ['sp-b', 'pass_through usage 800 non_taxable', 'margin usage 200 standard'],
    ]);
    expect(statements[0]?.totals).toEqual({
      quantity: 10n,
      listAmount: 300n,
      waiverAmount: 0n,
      amountDue: 300n,
      passThrough: 200n,
      margin: 100n,
    });
    expect(statements[0]).toMatchObject({ issuer: 'pf-a', customer: 'sp-a', period });
  });

  it('passes waivers on: the fee is 0 yen and visible, the margin stays', () => {
    const waived = new PriceList(wholesale.tariffs, [waiver('free')]);
    const [statement] = resold([count(50n)], waived);
    expect(statement?.totals).toMatchObject({ passThrough: 0n, margin: 150n, waiverAmount: -1_000n });
  });

  it('refuses usage without a margin: one of 0 yen must be said', () => {
    const none = new PriceList([], []);
    const rated = () => resold([count(1n)], wholesale, none);
    expect(rated).toThrow(BillingError);
    expect(rated).toThrow('No tariff covers');
  });

  it('passes on to the yen what the platform provider is billed for others', () => {
    fc.assert(
      fc.property(counts, (usage) => {
        const statements = resold(usage, everyKind);
        const billed = rateUsage({ counts: usage, prices: everyKind, period }).filter(
          ({ customer, serviceProvider }) => customer === 'pf-a' && serviceProvider !== '',
        );
        expect(statements.reduce((sum, { totals }) => sum + totals.passThrough, 0n)).toBe(totalsOf(billed).amountDue);
        for (const { totals } of statements) expect(totals.amountDue).toBe(totals.passThrough + totals.margin);
      }),
    );
  });
});
