import type { Outcome } from '@kakunin/usage';

/**
 * Charged is a definite answer: the certificate is good, or it is revoked (held included). `unknown` says nothing
 * about a certificate and costs nothing. A change of the rule is a new version, so that a bill says by which it was made.
 */
export const CHARGEABLE_OUTCOMES = {
  version: 1,
  outcomes: ['good', 'revoked'],
} as const satisfies { version: number; outcomes: readonly Outcome[] };

export const isChargeable = (outcome: Outcome): boolean =>
  (CHARGEABLE_OUTCOMES.outcomes as readonly Outcome[]).includes(outcome);
