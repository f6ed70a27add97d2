import { BillingError } from '../billing-error.ts';

/** How a tariff turns quantities into yen. */
export type Price = UnitPrice | TieredPrice | FirstCheckPrice;

/** Every check costs the same. */
export interface UnitPrice {
  readonly kind: 'unit';
  /** Whole yen, 0 or more. */
  readonly unitPrice: bigint;
}

/**
 * The price depends on the quantity of a month: `graduated`, each check costs what its own tier says; `volume`, all
 * checks cost what the tier of the last one says.
 */
export interface TieredPrice {
  readonly kind: 'graduated' | 'volume';
  /** Ascending; only the last has no end. */
  readonly tiers: readonly Tier[];
  /**
   * 乗合い: the service providers of a customer fill the tiers together, and share what that saves. Absent: each
   * fills its own.
   */
  readonly pooled?: boolean;
}

export interface Tier {
  /** The last check of the tier, counted from 1. Absent: the tier has no end. */
  readonly upTo?: bigint;
  /** Whole yen, 0 or more. */
  readonly unitPrice: bigint;
}

/** The first check of a certificate in a calendar period (Asia/Tokyo) costs; further ones are free. */
export interface FirstCheckPrice {
  readonly kind: 'first_check';
  readonly per: 'month' | 'year';
  /** Whole yen, 0 or more. */
  readonly unitPrice: bigint;
}

/**
 * @param id of the tariff, for the message
 * @throws BillingError `invalid_price`
 */
export function checkPrice(id: string, price: Price): void {
  const unitPrices = isTiered(price) ? price.tiers.map(({ unitPrice }) => unitPrice) : [price.unitPrice];
  if (unitPrices.some((unitPrice) => unitPrice < 0n)) throw invalid(id, 'a unit price is 0 yen or more');
  if (isTiered(price)) checkTiers(id, price);
}

export const isTiered = (price: Price): price is TieredPrice => price.kind === 'graduated' || price.kind === 'volume';

function checkTiers(id: string, { tiers, pooled }: TieredPrice): void {
  const last = tiers.length - 1;
  if (last < 0 || tiers[last]?.upTo !== undefined) throw invalid(id, 'the last tier, and no other, has no end');
  for (const [index, { upTo, unitPrice }] of tiers.entries()) {
    const before = tiers[index - 1];
    if (index < last && (upTo === undefined || upTo <= (before?.upTo ?? 0n))) {
      throw invalid(id, 'each tier but the last ends above the one before it');
    }
    // Otherwise a pool could cost more than its members alone, and there would be no saving to share.
    if (pooled && before && unitPrice > before.unitPrice) throw invalid(id, 'the prices of a pool never rise');
  }
}

const invalid = (id: string, why: string): BillingError => new BillingError('invalid_price', `${id}: ${why}.`);
