import { parseBillingPeriod, type BillingPeriod } from '@kakunin/calendar';
import type { Commitment, Price, Tariff, Waiver } from '../index.ts';

/** Epoch ms of a day or a moment in Japan, such as `2026-11-15` or `2026-11-15T12:00:00`. */
export const jst = (text: string): number => Date.parse(`${text.includes('T') ? text : `${text}T00:00:00`}+09:00`);

export const month = (text: string): BillingPeriod => {
  const period = parseBillingPeriod(text);
  if (!period) throw new Error(`${text} is no month`);
  return period;
};

const since = { validFrom: jst('2023-01-01'), recordedAt: 0 };

/** For everything, taxed at the standard rate, since 2023. */
export const tariff = (id: string, price: Price, rest: Partial<Tariff> = {}): Tariff => ({
  id,
  scope: {},
  price,
  taxCategory: 'standard',
  ...since,
  ...rest,
});

export const unit = (unitPrice: bigint): Price => ({ kind: 'unit', unitPrice });

export const waiver = (id: string, rest: Partial<Waiver> = {}): Waiver => ({
  id,
  scope: {},
  legalGround: { ja: '根拠', en: 'ground' },
  ...since,
  ...rest,
});

/** For each customer, since 2023. */
export const minimum = (id: string, amount: bigint, rest: Partial<Commitment> = {}): Commitment => ({
  id,
  kind: 'minimum',
  amount,
  scope: {},
  taxCategory: 'standard',
  ...since,
  ...rest,
});

/** For each customer, since 2023. */
export const cap = (id: string, amount: bigint, rest: Partial<Commitment> = {}): Commitment => ({
  ...minimum(id, amount, rest),
  kind: 'cap',
});
