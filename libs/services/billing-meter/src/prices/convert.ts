import type { Price, PricingScope, Tier } from '@kakunin/billing';
import type { z } from 'zod';
import type { NewEntry, PriceKind, Terms } from './price-entry.ts';
import { type priceSchema, TERMS } from './schemas.ts';

const tierFrom = ({ upTo, unitPrice }: { upTo?: string; unitPrice: string }): Tier => ({
  ...(upTo !== undefined && { upTo: BigInt(upTo) }),
  unitPrice: BigInt(unitPrice),
});

export const priceFrom = (price: z.infer<typeof priceSchema>): Price =>
  'tiers' in price ? { ...price, tiers: price.tiers.map(tierFrom) } : { ...price, unitPrice: BigInt(price.unitPrice) };

/** By kind: its terms, from their JSON. @throws ZodError */
export const TERMS_FROM: { readonly [Kind in PriceKind]: (json: unknown) => Terms<Kind> } = {
  tariff: (json) => {
    const { price, taxCategory } = TERMS.tariff.parse(json);
    return { price: priceFrom(price), taxCategory };
  },
  waiver: (json) => TERMS.waiver.parse(json),
  commitment: (json) => {
    const { amount, ...terms } = TERMS.commitment.parse(json);
    return { ...terms, amount: BigInt(amount) };
  },
};

/** An entry as the API's schemas let it through. */
export interface EntryJson {
  readonly id: string;
  readonly scope: PricingScope;
  readonly validFrom: number;
  readonly validTo?: number;
}

export const entryFrom = <Kind extends PriceKind>(
  kind: Kind,
  { id, scope, validFrom, validTo, ...terms }: EntryJson,
): NewEntry<Kind> => {
  const effective = { id, scope, validFrom, ...(validTo !== undefined && { validTo }) };
  return { ...effective, ...TERMS_FROM[kind](terms) } as NewEntry<Kind>;
};
