/** What a usage event is charged by. All values are codes, none is personal. */
export type CertificateClass = 'signature' | 'user-authentication';
export type Carrier = 'card' | 'smartphone';
export type Channel = 'ocsp' | 'crl';
export type Purpose = 'signature_verification' | 'liveness_check';
/** `good` and `revoked` (held included) are definite answers. All three are recorded; which are charged is billing's rule. */
export type Outcome = 'good' | 'revoked' | 'unknown';

export const CERTIFICATE_CLASSES = ['signature', 'user-authentication'] as const satisfies readonly CertificateClass[];
export const CARRIERS = ['card', 'smartphone'] as const satisfies readonly Carrier[];
export const CHANNELS = ['ocsp', 'crl'] as const satisfies readonly Channel[];
export const PURPOSES = ['signature_verification', 'liveness_check'] as const satisfies readonly Purpose[];
export const OUTCOMES = ['good', 'revoked', 'unknown'] as const satisfies readonly Outcome[];

/** One answered SingleResponse. Holds no serial number and no certificate. */
export interface UsageEvent {
  /** When it was answered, epoch milliseconds. */
  readonly time: number;
  /** Code of the PF provider that called. */
  readonly platformProvider: string;
  /** Code of the service provider that it called for; empty: for itself. */
  readonly serviceProvider: string;
  readonly authorityId: string;
  readonly certificateClass: CertificateClass;
  readonly carrier: Carrier;
  readonly channel: Channel;
  readonly purpose: Purpose;
  readonly outcome: Outcome;
  /**
   * First 16 octets of SHA-256 over caller and request, when the request carries a nonce; all zero otherwise.
   * Recognises a repeated request, so that a retry after a crash is not charged again.
   */
  readonly requestDigest: Uint8Array;
  /** First 16 octets of an HMAC over authority and serial number; destroying its key makes usage anonymous. */
  readonly certificateDigest: Uint8Array;
}
