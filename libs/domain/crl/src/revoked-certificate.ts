import type { RevocationReason } from '@kakunin/certificates';

/** An entry of `revokedCertificates` (RFC 5280, 5.1.2.6 and 5.3). */
export interface RevokedCertificate {
  /** INTEGER content octets. */
  readonly serialNumber: Uint8Array;
  /** Epoch ms; whole seconds are written. */
  readonly revocationDate: number;
  /** `unspecified` is left out, as RFC 5280, 5.3.1 wants. */
  readonly reason?: RevocationReason | undefined;
  /** Epoch ms: since when the key is thought to be lost. */
  readonly invalidityDate?: number | undefined;
}

/** A reason as an entry states it; `removeFromCRL` stands in deltas only: the certificate is on hold no more, or expired. */
export type ListedReason = RevocationReason | 'removeFromCRL';

/** An entry of a complete CRL or of a delta. */
export type ListedCertificate = Omit<RevokedCertificate, 'reason'> & { readonly reason?: ListedReason | undefined };
