import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CreditNote,
  creditNoteFor,
  linesAfter,
  PriceList,
  type QuantityCorrection,
  rateUsage,
  totalsOf,
  withQuantities,
} from '../index.ts';
import { closedWith, taxRule } from '../testing/closed-statement.ts';
import { codeOf } from '../testing/code-of.ts';
import { cap, jst, month, tariff, unit, waiver } from '../testing/prices.ts';
import { count } from '../testing/usage.ts';

const prices = new PriceList(
  [tariff('fee', unit(105n))],
  [waiver('free', { scope: { channel: 'crl' } })],
  [cap('most', 900n)],
);
const statement = closedWith(
  rateUsage({
    counts: [count(10n), count(4n, { channel: 'crl' }), count(2n, { serviceProvider: 'sp-b' })],
    prices,
    period: month('2026-11'),
  }),
);
/** The lines: 1 the cap, 2 waived checks, 3 and 4 checks of sp-a and sp-b. */
const note = (corrections: readonly QuantityCorrection[], earlier: readonly CreditNote[] = []): CreditNote =>
  creditNoteFor({
    number: 'R2026-000001',
    statement,
    earlier,
    corrected: withQuantities(statement, earlier, corrections),
    basis: { kind: 'quantities' },
    reason: { ja: '試験の利用', en: 'tests' },
    issuedAt: jst('2026-12-10'),
    rates: taxRule.rates,
  });

describe('a correction of quantities', () => {
  it('gives back what the named lines billed too much, and leaves the others', () => {
    const { lines, totals } = note([{ line: 3, quantity: 7n }]);
    expect(lines.map(({ serviceProvider, quantity, amountDue }) => [serviceProvider, quantity, amountDue])).toEqual([
      ['sp-a', -3n, -315n],
    ]);
    expect(totals.amountDue).toBe(-315n);
  });

  it('gives back no more than is due, where a cap took off already', () => {
    expect(codeOf(() => note([{ line: 3, quantity: 0n }]))).toBe('credit_exceeds_statement');
    const first = note([{ line: 3, quantity: 2n }]);
    expect(statement.totals.amountDue + first.totals.amountDue).toBe(60n);
    expect(codeOf(() => note([{ line: 3, quantity: 1n }], [first]))).toBe('credit_exceeds_statement');
  });

  it('adds to those before, and can never give back more than was billed', () => {
    fc.assert(
      fc.property(fc.bigInt(2n, 9n), fc.bigInt(2n, 9n), (first, second) => {
        const one = note([{ line: 3, quantity: first }]);
        const again = () => note([{ line: 3, quantity: second }], [one]);
        if (second > first) expect(codeOf(again)).toBe('unknown_line');
        else if (second === first) expect(codeOf(again)).toBe('not_a_credit');
        else expect(totalsOf(linesAfter(statement, [one, again()])).quantity).toBe(16n - 10n + second);
      }),
    );
  });

  it.each<[string, QuantityCorrection[]]>([
    ['a line that is not there', [{ line: 5, quantity: 0n }]],
    ['a line before the first', [{ line: 0, quantity: 0n }]],
    ['a line that bills no checks', [{ line: 1, quantity: 0n }]],
    ['more than was billed', [{ line: 3, quantity: 11n }]],
    ['less than nothing', [{ line: 3, quantity: -1n }]],
    [
      'one line twice',
      [
        { line: 3, quantity: 1n },
        { line: 3, quantity: 0n },
      ],
    ],
  ])('is not of %s', (_what, corrections) => {
    expect(codeOf(() => note(corrections))).toBe('unknown_line');
  });

  it('of what was waived gives nothing back', () => {
    expect(codeOf(() => note([{ line: 2, quantity: 0n }]))).toBe('not_a_credit');
  });
});
