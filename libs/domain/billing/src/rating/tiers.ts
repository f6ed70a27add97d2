import type { TieredPrice } from '../prices/price.ts';

/** The checks of a quantity that cost what one tier says. */
export interface TierShare {
  /** From 1. */
  readonly tier: number;
  /** Whole yen. */
  readonly unitPrice: bigint;
  /** Above 0. */
  readonly quantity: bigint;
}

/** @param quantity checks of a month, 0 or more */
export function spreadOverTiers({ kind, tiers }: TieredPrice, quantity: bigint): readonly TierShare[] {
  const shares: TierShare[] = [];
  let below = 0n;
  for (const [index, { upTo = quantity, unitPrice }] of tiers.entries()) {
    const end = upTo < quantity ? upTo : quantity;
    if (end > below) shares.push({ tier: index + 1, unitPrice, quantity: end - below });
    below = end;
  }
  // The last check lies in the last tier that has any.
  return kind === 'graduated' ? shares : shares.slice(-1).map((last) => ({ ...last, quantity }));
}

/** Whole yen. */
export const tieredAmount = (price: TieredPrice, quantity: bigint): bigint =>
  spreadOverTiers(price, quantity).reduce((sum, share) => sum + share.quantity * share.unitPrice, 0n);
