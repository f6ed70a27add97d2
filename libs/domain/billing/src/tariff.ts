import type { EffectiveDated } from './effective-dated.ts';

/** What one chargeable check costs. */
export interface Tariff extends EffectiveDated {
  /** Whole yen, 0 or more. */
  readonly unitPrice: bigint;
}

/** The whole list price of what it covers is not collected. It leaves the list price visible on the statement. */
export interface Waiver extends EffectiveDated {
  /** Why it may be: shown to auditors, Japanese first. */
  readonly legalGround: { readonly ja: string; readonly en: string };
}
