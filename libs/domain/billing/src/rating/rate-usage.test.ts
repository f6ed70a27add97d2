import { billingPeriodBounds, billingPeriodOf } from '@kakunin/calendar';
import type { UsageEvent } from '@kakunin/usage';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  compareLines,
  countByMinute,
  type FirstChecks,
  isChargeable,
  lineKey,
  PriceList,
  PUBLISHED_TARIFFS,
  PUBLISHED_WAIVERS,
  rateUsage,
  type RatableCount,
  statementsOf,
  type Tariff,
  totalsOf,
  type Waiver,
} from '../index.ts';
import { everyKind } from '../testing/every-kind.ts';
import { codeOf } from '../testing/code-of.ts';
import { jst, month, unit } from '../testing/prices.ts';
import { count, counts, event, events } from '../testing/usage.ts';

const midnight = jst('2026-11-15');

/** The signature price rises in the middle of the month, and the waiver ends a day later. */
const changing = new PriceList(
  PUBLISHED_TARIFFS.flatMap((tariff): Tariff[] =>
    tariff.id === 'ocsp-signature'
      ? [
          { ...tariff, validTo: midnight },
          { ...tariff, id: 'ocsp-signature-2', price: unit(21n), validFrom: midnight },
        ]
      : [tariff],
  ),
  PUBLISHED_WAIVERS.map((waiver): Waiver => ({ ...waiver, validTo: midnight + 86_400_000 })),
);

const check = event({ time: midnight });
const ratedBy = (prices: PriceList) => (usage: Iterable<RatableCount>) =>
  rateUsage({ counts: usage, prices, period: month('2026-11') });
const rated = ratedBy(changing);

const partOf = <T extends RatableCount & { readonly firstChecks: FirstChecks }>(one: T, divisor: bigint): T => ({
  ...one,
  quantity: one.quantity / divisor,
  firstChecks: { month: one.firstChecks.month / divisor, year: one.firstChecks.year / divisor },
});

afterEach(() => vi.unstubAllEnvs());

describe('rateUsage', () => {
  it('sums up to the same money as every event by itself', () => {
    fc.assert(
      fc.property(events, (usage) => {
        const one = (answered: UsageEvent): { due: bigint; list: bigint } => {
          if (!isChargeable(answered.outcome)) return { due: 0n, list: 0n };
          const priced = { ...answered, customer: answered.platformProvider };
          const { price } = changing.tariffFor(priced);
          const list = price.kind === 'unit' ? price.unitPrice : -1n;
          return { list, due: changing.waiverFor(priced) ? 0n : list };
        };
        const totals = totalsOf(rated(countByMinute(usage)));
        expect(totals.quantity).toBe(BigInt(usage.filter(({ outcome }) => isChargeable(outcome)).length));
        expect(totals.listAmount).toBe(usage.reduce((sum, answered) => sum + one(answered).list, 0n));
        expect(totals.amountDue).toBe(usage.reduce((sum, answered) => sum + one(answered).due, 0n));
        expect(totals.listAmount + totals.waiverAmount).toBe(totals.amountDue);
      }),
    );
  });

  it('makes the same lines whatever the order and the pieces', () => {
    fc.assert(
      fc.property(events, fc.nat(), (usage, at) => {
        const whole = rated(countByMinute(usage));
        const cut = at % (usage.length + 1);
        const pieces = [...countByMinute(usage.slice(cut)), ...countByMinute(usage.slice(0, cut))];
        expect(rated(pieces.toReversed())).toEqual(whole);
      }),
    );
  });

  it('shows list price, waiver and amount due', () => {
    const [line] = rated(countByMinute([check, check, { ...check, outcome: 'revoked' }]));
    expect(line).toMatchObject({ quantity: 3n, unitPrice: 21n, listAmount: 63n, waiverAmount: -63n, amountDue: 0n });
    expect(line).toMatchObject({ tariffId: 'ocsp-signature-2', waiverId: 'ocsp-fee-waiver' });
    const [after] = rated(countByMinute([{ ...check, time: midnight + 86_400_000 }]));
    expect(after).toMatchObject({ listAmount: 21n, waiverAmount: 0n, amountDue: 21n });
    expect(after).not.toHaveProperty('waiverId');
  });

  it.each(['America/New_York', 'Asia/Tokyo', 'Pacific/Kiritimati'])('does the same on a machine in %s', (zone) => {
    vi.stubEnv('TZ', zone);
    const lines = rated(countByMinute([{ ...check, time: midnight - 1 }, check]));
    expect(lines.map(({ unitPrice }) => unitPrice)).toEqual([20n, 21n]);
    expect(billingPeriodOf(jst('2026-10-31T23:59:59.999'))).toBe('2026-10');
    expect(billingPeriodOf(jst('2026-11-01T00:00:00.000'))).toBe('2026-11');
    expect(billingPeriodBounds(billingPeriodOf(midnight)).start).toBe(jst('2026-11-01T00:00:00'));
  });

  it('makes one statement per customer', () => {
    const lines = rated(countByMinute([check, { ...check, platformProvider: 'pf-b', serviceProvider: '' }]));
    expect(statementsOf(lines, month('2026-11')).map(({ customer, totals }) => [customer, totals.quantity])).toEqual([
      ['pf-a', 1n],
      ['pf-b', 1n],
    ]);
  });

  it('makes the same lines by any kind of price, whatever the order and the pieces', () => {
    fc.assert(
      fc.property(counts, fc.bigInt(1n, 9n), (usage, divisor) => {
        const pieces = usage.flatMap((one) => {
          const part = partOf(one, divisor);
          const rest = {
            month: one.firstChecks.month - part.firstChecks.month,
            year: one.firstChecks.year - part.firstChecks.year,
          };
          return [{ ...one, quantity: one.quantity - part.quantity, firstChecks: rest }, part];
        });
        expect(ratedBy(everyKind)(pieces.toReversed())).toEqual(ratedBy(everyKind)(usage));
      }),
    );
  });

  it('has every chargeable check in one line of usage, each about something else, in order', () => {
    fc.assert(
      fc.property(counts, (usage) => {
        const lines = ratedBy(everyKind)(usage);
        const chargeable = usage.filter(({ outcome }) => isChargeable(outcome));
        expect(totalsOf(lines).quantity).toBe(chargeable.reduce((sum, { quantity }) => sum + quantity, 0n));
        expect(new Set(lines.map(lineKey)).size).toBe(lines.length);
        expect(lines.toSorted(compareLines)).toEqual(lines);
        for (const line of lines) {
          expect(line.amountDue).toBe(line.waiverId === undefined ? line.listAmount : 0n);
          if (line.kind === 'usage') expect(line.listAmount).toBe(line.quantity * (line.unitPrice ?? -1n));
          else expect(line.quantity).toBe(0n);
        }
      }),
    );
  });

  it('refuses usage of another month, to the millisecond', () => {
    const codeAt = (time: number): string => codeOf(() => rated([count(1n, { time })]));
    expect(codeAt(jst('2026-11-01') - 1)).toBe('usage_outside_period');
    expect(codeAt(jst('2026-11-01'))).toBe('none');
    expect(codeAt(jst('2026-12-01') - 1)).toBe('none');
    expect(codeAt(jst('2026-12-01'))).toBe('usage_outside_period');
  });
});
