import { describe, expect, it } from 'vitest';
import {
  beginClosing,
  BillingError,
  type ClosingStatement,
  closeStatement,
  isUnchanged,
  type OpenStatement,
  PriceList,
  type ProducerProgress,
  rateUsage,
  totalsOf,
  usageBlockers,
} from '../index.ts';
import { closedWith, complete, taxRule } from '../testing/closed-statement.ts';
import { jst, month, tariff, unit } from '../testing/prices.ts';
import { count } from '../testing/usage.ts';

const period = month('2026-11');
const lines = rateUsage({ counts: [count(3n)], prices: new PriceList([tariff('unit', unit(105n))], []), period });
const open: OpenStatement = { state: 'open', customer: 'pf-a', period, lines, totals: totalsOf(lines) };
const end = jst('2026-12-01');
const closing: ClosingStatement = { ...open, state: 'closing', pricesKnownAt: end };

const close = (...producers: ProducerProgress[]) =>
  closeStatement({ statement: closing, producers, tax: taxRule, now: end + 3_600_000 });

describe('a statement', () => {
  it('begins to close when the month is over in Tokyo, to the millisecond', () => {
    expect(beginClosing(open, end - 1)).toEqual({
      done: false,
      blockers: [{ reason: 'month_not_over', endsAt: end }],
    });
    expect(beginClosing(open, end)).toEqual({ done: true, statement: closing });
  });

  it('waits for every producer, and for every segment', () => {
    const late: ProducerProgress = { producer: 'late', missingSegments: 0n, completeUntil: end - 1 };
    const gap: ProducerProgress = { ...complete('gap'), missingSegments: 2n };
    const unknown: ProducerProgress = { producer: 'unknown', missingSegments: 0n };
    const blockers = [
      { reason: 'producer_incomplete', producer: 'late', completeUntil: end - 1 },
      { reason: 'missing_segments', producer: 'gap', missingSegments: 2n },
      { reason: 'producer_incomplete', producer: 'unknown' },
    ];
    expect(usageBlockers([late, gap, complete('fine'), unknown], period)).toEqual(blockers);
    expect(close(late, gap, complete('fine'), unknown)).toEqual({ done: false, blockers });
  });

  it('is closed with its tax, what it rests on, and a hash over all of it', () => {
    const closed = close(complete('b'), complete('a'));
    expect(closed).toMatchObject({
      done: true,
      statement: {
        state: 'closed',
        lines,
        tax: { taxAmount: 31n, amountWithTax: 346n },
        chargeableOutcomes: 1,
        pricesKnownAt: end,
        producers: [{ producer: 'a' }, { producer: 'b' }],
        closedAt: end + 3_600_000,
        contentHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    });
    expect(close(complete('a'), complete('b'))).toEqual(closed);
  });

  it('shows each change after it was closed', () => {
    const closed = closedWith(lines);
    const [line] = closed.lines;
    if (!line) throw new Error('no line');
    expect(isUnchanged(closed)).toBe(true);
    expect(isUnchanged({ ...closed, lines: [{ ...line, quantity: 4n }] })).toBe(false);
    expect(isUnchanged({ ...closed, closedAt: closed.closedAt + 1 })).toBe(false);
    expect(isUnchanged({ ...closed, tax: { ...closed.tax, taxAmount: 32n } })).toBe(false);
  });

  it('is not closed by a tax that is not known', () => {
    const before = () =>
      closeStatement({ statement: closing, producers: [], tax: { ...taxRule, rates: [] }, now: end });
    expect(before).toThrow(BillingError);
    expect(before).toThrow('No standard rate of consumption tax is known for 2026-11');
  });
});
