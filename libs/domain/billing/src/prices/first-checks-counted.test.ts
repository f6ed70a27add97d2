import { describe, expect, it } from 'vitest';
import { endEntry, type Price, PriceBook } from '../index.ts';
import { codeOf } from '../testing/code-of.ts';
import { jst, tariff, unit } from '../testing/prices.ts';

const first: Price = { kind: 'first_check', per: 'month', unitPrice: 30n };
const morning = jst('2026-03-10T09:00:00');
const next = jst('2026-04-20T09:00:00');
const empty = new PriceBook({ tariffs: [], waivers: [], commitments: [] });
const begun = tariff('first', first, { validFrom: jst('2026-03-11'), recordedAt: morning });
const book = empty.record({ tariffs: [begun] });
const revised = (of: PriceBook, rest: object) =>
  codeOf(() => of.record({ tariffs: [{ ...begun, recordedAt: next, ...rest }] }));

describe('a price of first checks', () => {
  it('begins on the day after it is recorded in Japan, at the earliest', () => {
    const from = (day: string, recordedAt = morning) =>
      codeOf(() => empty.record({ tariffs: [{ ...begun, validFrom: jst(day), recordedAt }] }));
    expect(from('2026-03-10')).toBe('first_checks_not_counted');
    expect(from('2026-03-11')).toBe('none');
    expect(from('2026-03-11', jst('2026-03-10T23:59:59.999'))).toBe('none');
    expect(from('2026-03-11', jst('2026-03-11'))).toBe('first_checks_not_counted');
    expect(codeOf(() => empty.record({ tariffs: [{ ...begun, price: unit(1n), validFrom: jst('1970-01-01') }] }))).toBe(
      'none',
    );
  });

  it('may be corrected and ended for the days on which they were counted', () => {
    expect(revised(book, { price: { ...first, unitPrice: 25n } })).toBe('none');
    expect(revised(book, { validFrom: jst('2026-04-01'), validTo: jst('2026-04-10') })).toBe('none');
    expect(codeOf(() => book.record({ tariffs: [endEntry(begun, jst('2026-05-01'), next)] }))).toBe('none');
  });

  it('is refused for days on which nobody counted them', () => {
    expect(revised(book, { validFrom: jst('2026-03-10') })).toBe('first_checks_not_counted');
    expect(revised(book, { price: { ...first, per: 'year' } })).toBe('first_checks_not_counted');
    expect(revised(book, { scope: { channel: 'ocsp' } })).toBe('first_checks_not_counted');
    const plain = empty.record({ tariffs: [{ ...begun, price: unit(1n) }] });
    expect(revised(plain, {})).toBe('first_checks_not_counted');
    const ended = empty.record({ tariffs: [{ ...begun, validTo: jst('2026-04-01') }] });
    expect(revised(ended, {})).toBe('first_checks_not_counted');
    expect(revised(ended, { validTo: jst('2026-04-01') })).toBe('none');
    expect(revised(ended, { validFrom: jst('2026-04-21') })).toBe('none');
  });
});
