import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BillingError,
  type CreditNote,
  creditNoteFor,
  isUnchanged,
  PriceList,
  rateUsage,
  type StatementLine,
  taxOf,
  type TaxRounding,
} from '../index.ts';
import { closedWith, taxRule } from '../testing/closed-statement.ts';
import { jst, month, tariff, unit } from '../testing/prices.ts';
import { count } from '../testing/usage.ts';

const rated = (checks: bigint, yen: bigint): readonly StatementLine[] =>
  rateUsage({
    counts: [count(checks)],
    prices: new PriceList([tariff('unit', unit(yen))], []),
    period: month('2026-11'),
  });
const statement = closedWith(rated(3n, 105n));
const reason = { ja: '単価の誤り', en: 'wrong unit price' };
const correctedTo = (
  corrected: readonly StatementLine[],
  earlier: readonly CreditNote[] = [],
  billed = statement,
): CreditNote =>
  creditNoteFor({
    number: 'R2026-000001',
    statement: billed,
    earlier,
    corrected,
    basis: { kind: 'quantities' },
    reason,
    issuedAt: jst('2026-12-10'),
    rates: taxRule.rates,
  });

describe('a credit note', () => {
  it('names its statement and gives back the difference, with its tax', () => {
    const note = correctedTo(rated(3n, 100n));
    expect(note).toMatchObject({ number: 'R2026-000001', issuer: statement.issuer, recipient: statement.recipient });
    expect(note.statement).toEqual({
      customer: 'pf-a',
      period: '2026-11',
      number: statement.number,
      contentHash: statement.contentHash,
    });
    expect(note.lines.map(({ unitPrice, quantity, amountDue }) => [unitPrice, quantity, amountDue])).toEqual([
      [100n, 3n, 300n],
      [105n, -3n, -315n],
    ]);
    expect(note.totals).toEqual({ quantity: 0n, listAmount: -15n, waiverAmount: 0n, amountDue: -15n });
    expect(note.tax).toMatchObject({ taxAmount: -1n, amountWithTax: -16n });
    expect(isUnchanged(note)).toBe(true);
    expect(isUnchanged({ ...note, reason: { ...reason, en: 'other' } })).toBe(false);
  });

  it('gives everything back with the tax that was charged', () => {
    expect(correctedTo([]).tax).toMatchObject({ taxAmount: -31n, amountWithTax: -346n });
  });

  it('counts what was given back before', () => {
    const first = correctedTo(rated(2n, 105n));
    const second = correctedTo(rated(1n, 105n), [first]);
    expect([first, second].map(({ totals }) => totals.amountDue)).toEqual([-105n, -105n]);
    expect(() => correctedTo(rated(1n, 105n), [first, second])).toThrow(BillingError);
  });

  it('leaves the tax of what is left, whatever was given back before, and none of nothing', () => {
    // 315 yen bear 31; 105 yen alone would bear 10 each time, and 1 yen of tax would stay on nothing.
    const first = correctedTo(rated(2n, 105n));
    const second = correctedTo(rated(1n, 105n), [first]);
    const third = correctedTo([], [first, second]);
    expect([first, second, third].map(({ tax }) => tax.taxAmount)).toEqual([-10n, -11n, -10n]);
    fc.assert(
      fc.property(
        fc.array(fc.bigInt(0n, 2n), { maxLength: 3 }),
        fc.constantFrom<TaxRounding>('floor', 'round', 'ceil'),
        (left, rounding) => {
          const billed = closedWith(rated(3n, 105n), { ...taxRule, rounding });
          const steps = [...new Set(left)]
            .sort((one, other) => Number(other - one))
            .map((checks) => rated(checks, 105n));
          const notes = steps.reduce<readonly CreditNote[]>(
            (earlier, corrected) => [...earlier, correctedTo(corrected, earlier, billed)],
            [],
          );
          const owed = notes.reduce((sum, { tax }) => sum + tax.amountWithTax, billed.tax.amountWithTax);
          expect(owed).toBe(taxOf(steps.at(-1) ?? billed.lines, { ...taxRule, rounding }).amountWithTax);
          for (const { totals, tax } of notes) {
            const off = tax.taxAmount * 100n - totals.amountDue * 10n;
            expect(off > -100n && off < 100n).toBe(true);
          }
        },
      ),
    );
  });

  it('is not for what was billed too little', () => {
    expect(() => correctedTo(statement.lines)).toThrow('gives nothing back');
    expect(() => correctedTo(rated(4n, 105n))).toThrow('Put what is owed on the next statement');
  });

  it('never gives back more than was billed, and leaves what is right', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 3n), fc.bigInt(0n, 104n), (checks, yen) => {
        const { totals } = correctedTo(rated(checks, yen));
        expect(statement.totals.amountDue + totals.amountDue).toBe(checks * yen);
      }),
    );
  });
});
