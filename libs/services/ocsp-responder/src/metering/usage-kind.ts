import type { Carrier, Outcome } from '@kakunin/usage';
import { ISSUED, REVOKED, SMARTPHONE } from '@kakunin/status-index';

/** What the answer about one certificate counts as. */
export interface CountedAs {
  readonly outcome: Outcome;
  readonly carrier: Carrier;
}

/** The kinds of answers, in the order of {@link kindOf}. */
export const KINDS: readonly CountedAs[] = [
  { outcome: 'good', carrier: 'card' },
  { outcome: 'good', carrier: 'smartphone' },
  { outcome: 'revoked', carrier: 'card' },
  { outcome: 'revoked', carrier: 'smartphone' },
  // Nobody knows the carrier of a certificate that was never issued; `unknown` is not charged, so `card` does no harm.
  { outcome: 'unknown', carrier: 'card' },
];

/** @param flags of the certificate's `PackedState` */
export function kindOf(flags: number): number {
  if (!(flags & ISSUED)) return 4;
  return (flags & REVOKED ? 2 : 0) + (flags & SMARTPHONE ? 1 : 0);
}

/** What the answer about a certificate with these flags counts as. */
export const countedAs = (flags: number): CountedAs => KINDS[kindOf(flags)]!;
