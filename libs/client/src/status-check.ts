import type { OcspClientError } from './ocsp-client-error.ts';
import type { KeptReceipt } from './receipt.ts';

/** What a check is for; a Kakunin responder records it. */
export type CheckPurpose = 'signature_verification' | 'liveness_check';

/** A question. */
export interface StatusCheck {
  /** The certificate, PEM or DER. */
  readonly certificate: string | Uint8Array;
  /** The certificate of the authority that issued it, PEM or DER; of the same key generation. */
  readonly issuer: string | Uint8Array;
  /** The code of the service provider that the check is for; without it, it is for the PF provider itself. */
  readonly serviceProvider?: string | undefined;
  /** Needs `serviceProvider`. Default `signature_verification`. */
  readonly purpose?: CheckPurpose | undefined;
  /**
   * Your own code: makes of the answer a proof for the linkage registry, where the policy of the service provider takes a
   * check for one (`identificationCheck`). Needs `serviceProvider`.
   */
  readonly identifyAs?: string | undefined;
  /** Ends the check with `aborted`. */
  readonly signal?: AbortSignal | undefined;
}

/** Why a certificate was revoked (RFC 5280, 5.3.1). `certificateHold` may be taken back. */
export type RevocationReason =
  | 'unspecified'
  | 'keyCompromise'
  | 'cACompromise'
  | 'affiliationChanged'
  | 'superseded'
  | 'cessationOfOperation'
  | 'certificateHold'
  | 'privilegeWithdrawn'
  | 'aACompromise';

/**
 * What is known of the certificate; instants are epoch ms.
 *
 * `good` says that it was not revoked; from a Kakunin responder also that it was issued. That it is within its validity and
 * made for the purpose is the caller's to check. `unknown` is not good.
 */
export type CertificateStatus =
  | { readonly status: 'good' | 'unknown' }
  | {
      readonly status: 'revoked';
      readonly revocationTime: number;
      /** Absent: none was given. */
      readonly reason?: RevocationReason;
      /** Since when the key is thought to be lost (RFC 5280, 5.3.2). */
      readonly invalidityDate?: number;
      /** `true`: the responder says so of a certificate that was never issued (RFC 6960, 2.2). */
      readonly neverIssued?: true;
    };

/** From the responder. Keep `evidence` to show later what was said: it can be verified without this client. */
export interface OcspResult {
  readonly source: 'ocsp';
  /** Up to when what was known is in the answer. */
  readonly thisUpdate: number;
  /** Until when it may be used; absent: newer status is there at any time. */
  readonly nextUpdate: number | undefined;
  /** When it was signed. */
  readonly producedAt: number;
  /** DER. */
  readonly evidence: {
    readonly request: Uint8Array;
    readonly response: Uint8Array;
    readonly responderCertificate: Uint8Array;
  };
  /** The `check` of `POST /identifications` of the linkage registry: good once, within minutes. With `identifyAs` only. */
  readonly identificationCheck?: { readonly random: string; readonly ocspResponse: string };
  /**
   * What the check is in the ledger of the PF provider. Absent: the responder gives none, the answer was not metered, or
   * it is the repetition of one that was lost, whose receipt nobody remembers.
   */
  readonly receipts?: readonly KeptReceipt[];
}

/** From a CRL, in place of the responder. `good` says no more than that the certificate is not in it. */
export interface CrlResult {
  readonly source: 'crl';
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** DER of the CRL; shared by all results that came of it. */
  readonly evidence: { readonly crl: Uint8Array };
  /** Why the responder did not answer. */
  readonly insteadOf: OcspClientError;
}

/** What `checkStatus` finds. */
export type StatusResult = CertificateStatus & (OcspResult | CrlResult);
