import type { TaxCategory } from '../tax/tax-rate.ts';
import type { EffectiveDated } from './effective-dated.ts';
import type { Price } from './price.ts';
import type { PricingScope } from './pricing-scope.ts';

/** What chargeable checks cost, before tax. */
export interface Tariff extends EffectiveDated {
  readonly price: Price;
  readonly taxCategory: TaxCategory;
}

/** The whole list price of what it covers is not collected. It leaves the list price visible on the statement. */
export interface Waiver extends EffectiveDated {
  /** Why it may be: shown to auditors, Japanese first. */
  readonly legalGround: { readonly ja: string; readonly en: string };
}

/**
 * What a customer pays for a month at least (`minimum`) or at most (`cap`), before tax, of all that has its tax
 * category. It is for whole months. Without a customer in its scope it is for each customer by itself that has usage.
 */
export interface Commitment extends EffectiveDated {
  readonly kind: 'minimum' | 'cap';
  readonly scope: Pick<PricingScope, 'customer'>;
  /** Whole yen, 0 or more. */
  readonly amount: bigint;
  readonly taxCategory: TaxCategory;
}
