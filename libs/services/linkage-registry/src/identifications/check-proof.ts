import { checkNonce } from '@kakunin/linkage';
import { certIdOf, parseOcspResponse, verifyOcspResponse } from '@kakunin/ocsp';
import type { Certificate } from '@kakunin/x509';

/** The answer of a responder to a request whose nonce says for whom it was asked (ADR 18). */
export interface CheckProof {
  readonly kind: 'check';
  /** What the nonce was made of, see `checkNonce`. */
  readonly random: Uint8Array;
  /** DER of the OCSPResponse. */
  readonly ocspResponse: Uint8Array;
}

export interface CheckQuestion {
  readonly certificate: Certificate;
  /** Who issued it. */
  readonly authority: Certificate;
  readonly platformProvider: string;
  readonly serviceProvider: string;
  /** Epoch ms. */
  readonly now: number;
  /** How long ago the check may have been, ms. */
  readonly maximumAge: number;
}

/** How far clocks of responder and registry may differ, ms. */
export const CLOCK_SKEW = 60_000;

/**
 * Whether a responder that the authority allows has answered this pair about this certificate within the last minutes:
 * `good` or `revoked`, a definite answer. That each check is used once is the store's task. Never throws.
 */
export function verifyCheck({ random, ocspResponse }: CheckProof, question: CheckQuestion): boolean {
  const { certificate, authority, platformProvider, serviceProvider, now, maximumAge } = question;
  const parsed = parseOcspResponse(ocspResponse);
  if (parsed.status !== 'successful') return false;
  const { producedAt, responses } = parsed.basic;
  const hashAlgorithm = responses[0]?.certId.hashAlgorithm;
  if (!hashAlgorithm || producedAt < now - maximumAge || producedAt > now + CLOCK_SKEW) return false;
  const verified = verifyOcspResponse(parsed.basic, {
    certIds: [certIdOf(authority, certificate.serialNumber, hashAlgorithm)],
    nonce: checkNonce({ random, platformProvider, serviceProvider }),
    authority,
    now,
    clockSkew: CLOCK_SKEW,
    maximumAge,
  });
  return verified.ok && verified.responses[0]?.certStatus.status !== 'unknown';
}
