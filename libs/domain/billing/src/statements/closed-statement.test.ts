import { describe, expect, it } from 'vitest';
import {
  beginClosing,
  BillingError,
  type CloseInput,
  closeStatement,
  isUnchanged,
  PriceList,
  type ProducerProgress,
  rateUsage,
  usageBlockers,
} from '../index.ts';
import { closedWith, closeInput, complete } from '../testing/closed-statement.ts';
import { jst, month, tariff, unit } from '../testing/prices.ts';
import { count } from '../testing/usage.ts';

const period = month('2026-11');
const lines = rateUsage({ counts: [count(3n)], prices: new PriceList([tariff('unit', unit(105n))], []), period });
const end = jst('2026-12-01');
const input = closeInput(lines);

const close = (...producers: ProducerProgress[]) => closeStatement({ ...input, producers });

describe('a month', () => {
  it('begins to close when it is over in Tokyo, to the millisecond', () => {
    expect(beginClosing({ state: 'open', period }, end - 1)).toEqual({
      done: false,
      blockers: [{ reason: 'month_not_over', endsAt: end }],
    });
    expect(beginClosing({ state: 'open', period }, end)).toEqual({
      done: true,
      to: { state: 'closing', period, pricesKnownAt: end },
    });
  });
});

describe('a statement', () => {
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
      to: {
        state: 'closed',
        number: '2026-000001',
        lines,
        tax: { taxAmount: 31n, amountWithTax: 346n },
        chargeableOutcomes: 1,
        pricesKnownAt: input.month.pricesKnownAt,
        producers: [{ producer: 'a' }, { producer: 'b' }],
        closedAt: input.now,
        contentHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    });
    expect(close(complete('a'), complete('b'))).toEqual(closed);
  });

  it.each<[string, Partial<CloseInput['invoice']>, string[]]>([
    ['recipient', { recipient: { name: ' ' } }, ['recipient_name']],
    [
      'right number of its issuer',
      { issuer: { ...input.invoice.issuer, registrationNumber: 'T1' } },
      ['registration_number'],
    ],
  ])('is not closed without a %s, as it would be no qualified invoice', (_what, part, items) => {
    const blockers = [{ reason: 'invoice_item_missing', customer: 'pf-a', items }];
    expect(closeStatement({ ...input, invoice: { ...input.invoice, ...part } })).toEqual({ done: false, blockers });
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
    const before = () => closeStatement({ ...input, tax: { ...input.tax, rates: [] } });
    expect(before).toThrow(BillingError);
    expect(before).toThrow('No standard rate of consumption tax is known for 2026-11');
  });
});
