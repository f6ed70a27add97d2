/** RFC 5280, 5.3.1, by name; `removeFromCRL` never is a certificate's state. */
export const REVOCATION_REASONS = {
  unspecified: 0,
  keyCompromise: 1,
  cACompromise: 2,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 9,
  aACompromise: 10,
} as const;
/** A reason by name. */
export type RevocationReason = keyof typeof REVOCATION_REASONS;
