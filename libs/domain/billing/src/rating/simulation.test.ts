import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Assumption,
  BillingError,
  PriceList,
  pricesUnder,
  PUBLISHED_TARIFFS,
  PUBLISHED_WAIVERS,
  simulate,
  spansUnder,
  sumOfSimulations,
} from '../index.ts';
import { codeOf } from '../testing/code-of.ts';
import { everyKind } from '../testing/every-kind.ts';
import { jst, month } from '../testing/prices.ts';
import { count, counts } from '../testing/usage.ts';

const published = new PriceList(PUBLISHED_TARIFFS, PUBLISHED_WAIVERS);
const period = month('2026-11');
const usage = [
  count(100n, { time: jst('2026-11-01') }),
  count(50n, { time: jst('2026-11-16') }),
  count(30n, { time: jst('2026-11-16'), serviceProvider: 'sp-b', certificateClass: 'user-authentication' }),
];
const simulated = (...assumptions: Assumption[]) => simulate({ counts: usage, prices: published, period, assumptions });

describe('simulate', () => {
  it('shows what a month costs when the fee resumes within it', () => {
    expect(simulated({ kind: 'fee_resumes', on: jst('2026-11-16') })).toEqual({
      period,
      rows: [
        {
          customer: 'pf-a',
          serviceProvider: 'sp-a',
          quantity: 150n,
          present: 0n,
          simulated: 1_000n,
          difference: 1_000n,
        },
        { customer: 'pf-a', serviceProvider: 'sp-b', quantity: 30n, present: 0n, simulated: 60n, difference: 60n },
      ],
      total: { present: 0n, simulated: 1_060n, difference: 1_060n },
    });
  });

  it('shows what CRLs would save, and what another price does', () => {
    const resumes: Assumption = { kind: 'fee_resumes', on: jst('2026-11-01'), waiverId: 'ocsp-fee-waiver' };
    expect(simulated(resumes).total.simulated).toBe(3_060n);
    const fromMiddle: Assumption = { kind: 'crl_instead_of_ocsp', from: jst('2026-11-16') };
    expect(simulated(resumes, fromMiddle).total.simulated).toBe(2_000n);
    const tiers: Assumption = {
      kind: 'price_replaced',
      tariffId: 'ocsp-signature',
      price: { kind: 'graduated', tiers: [{ upTo: 120n, unitPrice: 20n }, { unitPrice: 1n }] },
    };
    expect(simulated(resumes, tiers).total.simulated).toBe(2_490n);
  });

  it('says for which spans its prices are constant', () => {
    const prices = pricesUnder(published, [{ kind: 'fee_resumes', on: jst('2026-11-16') }]);
    expect(prices.changesWithin({ start: jst('2026-11-01'), end: jst('2026-12-01') })).toEqual([jst('2026-11-16')]);
    const never = pricesUnder(published, [{ kind: 'fee_resumes', on: jst('2022-01-01') }]);
    expect(never.waivers).toEqual([]);
  });

  it('says by which spans usage has to be summed up', () => {
    const bounds = { start: jst('2026-11-01'), end: jst('2026-12-01') };
    const assumed: Assumption[] = [
      { kind: 'crl_instead_of_ocsp', from: jst('2026-11-16') },
      { kind: 'fee_resumes', on: jst('2026-11-04') },
      { kind: 'crl_instead_of_ocsp', from: jst('2026-12-01') },
    ];
    expect(spansUnder(everyKind, assumed, bounds)).toEqual([
      jst('2026-11-01'),
      jst('2026-11-04'),
      jst('2026-11-10'),
      jst('2026-11-16'),
    ]);
    expect(spansUnder(published, [], bounds)).toEqual([bounds.start]);
    const never: Assumption = { kind: 'crl_instead_of_ocsp', from: Number.MAX_SAFE_INTEGER };
    const noon: Assumption = { kind: 'crl_instead_of_ocsp', from: jst('2026-11-16T12:00:00') };
    for (const odd of [noon, never])
      expect(codeOf(() => spansUnder(published, [odd], bounds))).toBe('invalid_validity');
  });

  it('adds months up, by customer', () => {
    const one = simulated({ kind: 'fee_resumes', on: jst('2026-11-16') });
    const other = { ...one, period: month('2026-12') };
    expect(sumOfSimulations([one, other])).toEqual({
      customers: [{ customer: 'pf-a', quantity: 360n, present: 0n, simulated: 2_120n, difference: 2_120n }],
      total: { present: 0n, simulated: 2_120n, difference: 2_120n },
    });
    expect(sumOfSimulations([])).toEqual({ customers: [], total: { present: 0n, simulated: 0n, difference: 0n } });
  });

  it('never makes a waiver longer than it is', () => {
    const ended = PUBLISHED_WAIVERS.map((waiver) => ({ ...waiver, validTo: jst('2026-11-05') }));
    const prices = pricesUnder(new PriceList([], ended), [{ kind: 'fee_resumes', on: jst('2026-11-16') }]);
    expect(prices.waivers).toEqual(ended);
  });

  it.each<Assumption>([
    { kind: 'fee_resumes', on: jst('2026-11-16'), waiverId: 'none' },
    { kind: 'price_replaced', tariffId: 'none', price: { kind: 'unit', unitPrice: 1n } },
    { kind: 'price_replaced', tariffId: 'crl-free', price: { kind: 'unit', unitPrice: -1n } },
    { kind: 'fee_resumes', on: jst('2026-11-16') + 1 },
  ])('refuses what cannot be: $kind', (assumption) => {
    expect(() => simulated(assumption)).toThrow(BillingError);
  });

  it('differs by nothing when nothing is assumed, and adds up', () => {
    fc.assert(
      fc.property(
        counts,
        fc.constantFrom<Assumption[]>([], [{ kind: 'fee_resumes', on: jst('2026-11-05') }]),
        (given, assumptions) => {
          const { rows, total } = simulate({ counts: given, prices: everyKind, period, assumptions });
          if (assumptions.length === 0) expect(total.difference).toBe(0n);
          for (const part of ['present', 'simulated', 'difference'] as const) {
            expect(rows.reduce((sum, row) => sum + row[part], 0n)).toBe(total[part]);
          }
        },
      ),
    );
  });
});
