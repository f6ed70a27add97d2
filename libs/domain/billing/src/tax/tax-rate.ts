import { type BillingPeriod, parseBillingPeriod } from '@kakunin/calendar';
import { BillingError } from '../billing-error.ts';

/** 標準税率, 軽減税率, 非課税, 不課税. */
export const TAX_CATEGORIES = ['standard', 'reduced', 'non_taxable', 'out_of_scope'] as const;
export type TaxCategory = (typeof TAX_CATEGORIES)[number];

/** A rate of consumption tax. It holds from the first of a month until another of its category does. */
export interface TaxRate {
  readonly category: TaxCategory;
  /** National and local together; whole percent, 0 or more. */
  readonly percent: bigint;
  readonly from: BillingPeriod;
}

const OCTOBER_2019 = parseBillingPeriod('2019-10') as BillingPeriod;

/** 消費税法 29条, 地方税法 72条の83: 7.8 and 2.2 percent; for what is reduced 6.24 and 1.76. */
export const CONSUMPTION_TAX_RATES: readonly TaxRate[] = [
  { category: 'standard', percent: 10n, from: OCTOBER_2019 },
  { category: 'reduced', percent: 8n, from: OCTOBER_2019 },
];

/**
 * The rate for what was supplied in a month, in percent.
 * @returns 0 for what bears no tax
 * @throws BillingError `no_tax_rate`
 */
export function taxPercentOf(category: TaxCategory, month: BillingPeriod, rates: readonly TaxRate[]): bigint {
  if (category === 'non_taxable' || category === 'out_of_scope') return 0n;
  const known = rates.filter((rate) => rate.category === category && rate.from <= month);
  const latest = known.reduce<TaxRate | undefined>(
    (one, other) => (one && one.from > other.from ? one : other),
    undefined,
  );
  if (latest) return latest.percent;
  throw new BillingError('no_tax_rate', `No ${category} rate of consumption tax is known for ${month}.`);
}
