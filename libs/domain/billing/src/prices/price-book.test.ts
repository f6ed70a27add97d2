import { describe, expect, it } from 'vitest';
import { endEntry, PriceBook, rateUsage } from '../index.ts';
import { codeOf } from '../testing/code-of.ts';
import { jst, minimum, month, tariff, unit, waiver } from '../testing/prices.ts';
import { count } from '../testing/usage.ts';

const january = jst('2026-01-10');
const march = jst('2026-03-10');
const august = jst('2026-08-10');

const first = tariff('first', unit(20n), { recordedAt: january });
const empty = new PriceBook({ tariffs: [], waivers: [], commitments: [] });
const book = empty.record({ tariffs: [first], waivers: [waiver('free', { recordedAt: january })] });

const rated = (at: number, of: PriceBook) =>
  rateUsage({
    counts: [count(3n, { time: jst('2026-06-01') })],
    prices: of.asKnownAt(at),
    period: month('2026-06'),
  });

describe('PriceBook', () => {
  it('knows nothing before it was recorded, whatever it is valid for', () => {
    expect(book.asKnownAt(january - 1).tariffs).toEqual([]);
    expect(book.asKnownAt(january).tariffs).toEqual([first]);
  });

  it('reproduces old figures after ends and corrections were recorded', () => {
    const before = rated(january, book);
    expect(before[0]).toMatchObject({ listAmount: 60n, amountDue: 0n });
    const [free] = book.asKnownAt(january).waivers;
    const ended = book.record({ waivers: [endEntry(free ?? waiver('none'), jst('2026-06-01'), march)] });
    const corrected = ended.record({ tariffs: [{ ...first, price: unit(15n), recordedAt: august }] });
    expect(rated(january, corrected)).toEqual(before);
    expect(rated(march, corrected)[0]).toMatchObject({ listAmount: 60n, amountDue: 60n });
    expect(rated(august - 1, corrected)).toEqual(rated(march, corrected));
    expect(rated(august, corrected)[0]).toMatchObject({ listAmount: 45n, amountDue: 45n });
    expect(corrected.records.tariffs).toHaveLength(2);
    expect(book.asKnownAt(august).waivers).toEqual([free]);
  });

  it('takes a tariff and its successor in one record, and contradictions in none', () => {
    const next = tariff('next', unit(25n), { validFrom: jst('2026-04-01'), recordedAt: march });
    expect(codeOf(() => book.record({ tariffs: [next] }))).toBe('tariff_overlap');
    const renewed = book.record({ tariffs: [endEntry(first, jst('2026-04-01'), march), next] });
    expect(rated(march, renewed)[0]?.tariffId).toBe('next');
    const least = minimum('first', 1n, { recordedAt: march });
    expect(codeOf(() => book.record({ commitments: [least] }))).toBe('duplicate_id');
    expect(codeOf(() => book.record({ tariffs: [next, next] }))).toBe('duplicate_id');
  });

  it('refuses what would change what was known', () => {
    const late = (recordedAt: number) => () =>
      book.record({ waivers: [waiver('other', { scope: { customer: 'pf-a' }, recordedAt })] });
    expect(codeOf(late(january - 1))).toBe('invalid_validity');
    expect(codeOf(late(january))).toBe('invalid_validity');
    expect(codeOf(late(january + 1))).toBe('none');
  });
});
