import { type Price, PriceList } from '../index.ts';
import { cap, jst, minimum, tariff, unit, waiver } from './prices.ts';

const tiers = [{ upTo: 1_000n, unitPrice: 20n }, { upTo: 4_000n, unitPrice: 15n }, { unitPrice: 7n }];
const first: Price = { kind: 'first_check', per: 'month', unitPrice: 30n };

/** Prices of every kind, a waiver that ends within November 2026, a minimum and a cap. */
export const everyKind = new PriceList(
  [
    tariff('unit', unit(3n)),
    tariff('pool', { kind: 'graduated', tiers, pooled: true }, { scope: { channel: 'ocsp' } }),
    tariff('volume', { kind: 'volume', tiers }, { scope: { channel: 'ocsp', certificateClass: 'signature' } }),
    tariff('first', first, { scope: { channel: 'crl', carrier: 'card' }, taxCategory: 'reduced' }),
    tariff('first-in-year', { ...first, per: 'year' }, { scope: { customer: 'pf-b', carrier: 'card' } }),
  ],
  [waiver('free', { scope: { serviceProvider: 'sp-c' }, validTo: jst('2026-11-10') })],
  [minimum('least', 9_000n, { scope: { customer: 'pf-a' } }), cap('most', 90_000n)],
);
