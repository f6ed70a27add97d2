import type { EffectiveDated, Tariff } from '@kakunin/billing';

// API and tables know unit prices only, and no tax: all are fees that a law sets, as the published ones are.

/** @param unitPrice whole yen */
export const unitTariff = (entry: EffectiveDated, unitPrice: bigint): Tariff => ({
  ...entry,
  price: { kind: 'unit', unitPrice },
  taxCategory: 'non_taxable',
});

/** Whole yen. */
export function unitPriceOf({ id, price }: Tariff): bigint {
  if (price.kind === 'unit') return price.unitPrice;
  throw new TypeError(`${id} has no unit price, though only such tariffs are recorded.`);
}
