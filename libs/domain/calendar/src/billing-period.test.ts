import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  billingPeriodBounds,
  billingPeriodOf,
  calendarYearOf,
  formatJst,
  jstDateOf,
  jstStartOfDay,
  parseBillingPeriod,
} from './index.ts';

const jst = (text: string): number => Date.parse(`${text}+09:00`);
const instants = fc.integer({ min: jst('1970-01-02T00:00:00'), max: jst('9999-11-30T23:59:59.999') });

afterEach(() => vi.unstubAllEnvs());

describe.each(['America/New_York', 'Asia/Tokyo', 'Pacific/Kiritimati'])('on a machine in %s', (zone) => {
  it('months and years end at midnight in Tokyo, to the millisecond', () => {
    vi.stubEnv('TZ', zone);
    expect(billingPeriodOf(jst('2026-12-31T23:59:59.999'))).toBe('2026-12');
    expect(billingPeriodOf(jst('2027-01-01T00:00:00.000'))).toBe('2027-01');
    expect(calendarYearOf(jst('2026-12-31T23:59:59.999'))).toBe('2026');
    expect(calendarYearOf(jst('2027-01-01T00:00:00.000'))).toBe('2027');
    expect(formatJst(jst('2026-12-31T23:59:59.999'))).toBe('2026-12-31 23:59:59 JST');
  });
});

describe('a month', () => {
  it('is from its first instant to before the first of the next', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const period = billingPeriodOf(instant);
        const { start, end } = billingPeriodBounds(period);
        expect(start <= instant && instant < end).toBe(true);
        expect([billingPeriodOf(start - 1), billingPeriodOf(end - 1), billingPeriodOf(end)]).toEqual([
          expect.not.stringMatching(period),
          period,
          expect.not.stringMatching(period),
        ]);
        expect(parseBillingPeriod(period)).toBe(period);
      }),
    );
  });

  it.each(['2026-00', '2026-13', '2026-1', '26-01', '2026-01-01', '', '1969-12', '0000-01', '9999-12'])(
    'is not %j',
    (text) => {
      expect(parseBillingPeriod(text)).toBeUndefined();
    },
  );
});

describe('a day', () => {
  it('begins at midnight in Tokyo', () => {
    expect(jstDateOf(jst('2026-11-22T00:00:00') - 1)).toBe('2026-11-21');
    fc.assert(
      fc.property(instants, (instant) => {
        const start = jstStartOfDay(instant);
        expect(instant - start).toBeGreaterThanOrEqual(0);
        expect(instant - start).toBeLessThan(86_400_000);
        expect(jstDateOf(start)).toBe(jstDateOf(instant));
      }),
    );
  });
});
