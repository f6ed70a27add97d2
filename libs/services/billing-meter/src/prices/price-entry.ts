import type { EffectiveDated, PriceRecords } from '@kakunin/billing';

export type PriceKind = 'tariff' | 'waiver' | 'commitment';

/** What a kind is in the domain. */
export type PriceEntry<Kind extends PriceKind = PriceKind> = PriceRecords[`${Kind}s`][number];

/** An entry that is not recorded yet. */
export type NewEntry<Kind extends PriceKind> = Omit<PriceEntry<Kind>, 'recordedAt'>;

/** What is particular to a kind. */
export type Terms<Kind extends PriceKind> = Omit<PriceEntry<Kind>, keyof EffectiveDated>;
