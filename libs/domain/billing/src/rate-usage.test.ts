import { billingPeriodBounds, billingPeriodOf } from '@kakunin/calendar';
import { CARRIERS, CERTIFICATE_CLASSES, CHANNELS, OUTCOMES, PURPOSES, type UsageEvent } from '@kakunin/usage';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  countByMinute,
  isChargeable,
  PriceList,
  PUBLISHED_TARIFFS,
  PUBLISHED_WAIVERS,
  rateUsage,
  statementsOf,
  type Tariff,
  totalsOf,
  type Waiver,
} from './index.ts';

const jst = (text: string): number => Date.parse(`${text}+09:00`);
const midnight = jst('2026-11-15T00:00:00');

/** The signature price rises in the middle of the month, and the waiver ends a day later. */
const changing = new PriceList(
  PUBLISHED_TARIFFS.flatMap((tariff): Tariff[] =>
    tariff.id === 'ocsp-signature'
      ? [
          { ...tariff, validTo: midnight },
          { ...tariff, id: 'ocsp-signature-2', unitPrice: 21n, validFrom: midnight },
        ]
      : [tariff],
  ),
  PUBLISHED_WAIVERS.map((waiver): Waiver => ({ ...waiver, validTo: midnight + 86_400_000 })),
);

const events = fc.array(
  fc.record<UsageEvent>({
    time: fc.integer({ min: midnight - 3 * 86_400_000, max: midnight + 3 * 86_400_000 }),
    platformProvider: fc.constantFrom('pf-a', 'pf-b'),
    serviceProvider: fc.constantFrom('', 'sp-a', 'sp-b'),
    authorityId: fc.constantFrom('sign-1', 'sign-2'),
    certificateClass: fc.constantFrom(...CERTIFICATE_CLASSES),
    carrier: fc.constantFrom(...CARRIERS),
    channel: fc.constantFrom(...CHANNELS),
    purpose: fc.constantFrom(...PURPOSES),
    outcome: fc.constantFrom(...OUTCOMES),
    requestDigest: fc.constant(new Uint8Array(16)),
    certificateDigest: fc.constant(new Uint8Array(16)),
  }),
  { maxLength: 200 },
);

const check: UsageEvent = {
  time: midnight,
  platformProvider: 'pf-a',
  serviceProvider: 'sp-a',
  authorityId: 'sign-1',
  certificateClass: 'signature',
  carrier: 'card',
  channel: 'ocsp',
  purpose: 'signature_verification',
  outcome: 'good',
  requestDigest: new Uint8Array(16),
  certificateDigest: new Uint8Array(16),
};

afterEach(() => vi.unstubAllEnvs());

describe('rateUsage', () => {
  it('sums up to the same money as every event by itself', () => {
    fc.assert(
      fc.property(events, (usage) => {
        const one = (event: UsageEvent): { due: bigint; list: bigint } => {
          if (!isChargeable(event.outcome)) return { due: 0n, list: 0n };
          const priced = { ...event, customer: event.platformProvider };
          const list = changing.tariffFor(priced).unitPrice;
          return { list, due: changing.waiverFor(priced) ? 0n : list };
        };
        const totals = totalsOf(rateUsage(countByMinute(usage), changing));
        expect(totals.quantity).toBe(BigInt(usage.filter(({ outcome }) => isChargeable(outcome)).length));
        expect(totals.listAmount).toBe(usage.reduce((sum, event) => sum + one(event).list, 0n));
        expect(totals.amountDue).toBe(usage.reduce((sum, event) => sum + one(event).due, 0n));
        expect(totals.listAmount + totals.waiverAmount).toBe(totals.amountDue);
      }),
    );
  });

  it('makes the same lines whatever the order and the pieces', () => {
    fc.assert(
      fc.property(events, fc.nat(), (usage, at) => {
        const whole = rateUsage(countByMinute(usage), changing);
        const cut = at % (usage.length + 1);
        const pieces = [...countByMinute(usage.slice(cut)), ...countByMinute(usage.slice(0, cut))];
        expect(rateUsage(pieces.toReversed(), changing)).toEqual(whole);
      }),
    );
  });

  it('shows list price, waiver and amount due', () => {
    const [line] = rateUsage(countByMinute([check, check, { ...check, outcome: 'revoked' }]), changing);
    expect(line).toMatchObject({ quantity: 3n, unitPrice: 21n, listAmount: 63n, waiverAmount: -63n, amountDue: 0n });
    expect(line).toMatchObject({ tariffId: 'ocsp-signature-2', waiverId: 'ocsp-fee-waiver' });
    const [after] = rateUsage(countByMinute([{ ...check, time: midnight + 86_400_000 }]), changing);
    expect(after).toMatchObject({ listAmount: 21n, waiverAmount: 0n, amountDue: 21n });
    expect(after).not.toHaveProperty('waiverId');
  });

  it.each(['America/New_York', 'Asia/Tokyo', 'Pacific/Kiritimati'])('does the same on a machine in %s', (zone) => {
    vi.stubEnv('TZ', zone);
    const lines = rateUsage(countByMinute([{ ...check, time: midnight - 1 }, check]), changing);
    expect(lines.map(({ unitPrice }) => unitPrice)).toEqual([20n, 21n]);
    expect(billingPeriodOf(jst('2026-10-31T23:59:59.999'))).toBe('2026-10');
    expect(billingPeriodOf(jst('2026-11-01T00:00:00.000'))).toBe('2026-11');
    expect(billingPeriodBounds(billingPeriodOf(midnight)).start).toBe(jst('2026-11-01T00:00:00'));
  });

  it('makes one statement per customer', () => {
    const lines = rateUsage(
      countByMinute([check, { ...check, platformProvider: 'pf-b', serviceProvider: '' }]),
      changing,
    );
    expect(statementsOf(lines).map(({ customer, totals }) => [customer, totals.quantity])).toEqual([
      ['pf-a', 1n],
      ['pf-b', 1n],
    ]);
  });
});
