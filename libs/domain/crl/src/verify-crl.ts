import { equalOctets } from '@kakunin/der';
import { type Certificate, EXTENSION, verifySignature } from '@kakunin/x509';
import type { CertificateList } from './parse-crl.ts';

/** Why a CRL must not be relied upon, and not be published. */
export type CrlRefusal =
  | 'other_issuer'
  | 'other_key'
  | 'key_usage'
  | 'wrong_signature'
  | 'number_missing'
  | 'critical_extension'
  | 'from_the_future'
  | 'out_of_date';

/** What `verifyCrl` finds; `entries` is their count. */
export type VerifiedCrl =
  { readonly ok: true; readonly entries: number } | { readonly ok: false; readonly refusal: CrlRefusal };

/** Whose a CRL should be. */
export interface ExpectedCrl {
  readonly authority: Certificate;
  /** Epoch ms. */
  readonly now: number;
  /** How far clocks may differ, ms; 0 when left out. */
  readonly clockSkew?: number;
}

/**
 * Whether a complete CRL is the authority's own, in force, and readable to its last entry (RFC 5280, 5 and 6.3.3).
 * @throws CrlError `malformed_crl` when an entry is malformed
 */
export function verifyCrl(crl: CertificateList, expected: ExpectedCrl): VerifiedCrl {
  const refusal = crlRefusal(crl, expected);
  if (refusal) return { ok: false, refusal };
  let entries = 0;
  for (const _ of crl.entries) entries += 1;
  return { ok: true, entries };
}

/** The same without its entries, which are not read; undefined: nothing is wrong. */
export function crlRefusal(
  crl: CertificateList,
  { authority, now, clockSkew = 0 }: ExpectedCrl,
): CrlRefusal | undefined {
  const { authorityKeyIdentifier, signatureAlgorithm, signature, tbs } = crl;
  if (!equalOctets(crl.issuer, authority.subject)) return 'other_issuer';
  const keys = [authorityKeyIdentifier, authority.subjectKeyIdentifier] as const;
  if (keys[0] && keys[1] && !equalOctets(keys[0], keys[1])) return 'other_key';
  if (authority.keyUsage?.has('cRLSign') === false) return 'key_usage';
  if (crl.crlNumber === undefined) return 'number_missing';
  // A delta or a partition says so in a critical extension: it must not pass for a complete CRL.
  if (
    crl.extensions.some(
      ({ id, critical }) => critical && id !== EXTENSION.authorityKeyIdentifier && id !== EXTENSION.crlNumber,
    )
  )
    return 'critical_extension';
  if (crl.thisUpdate > now + clockSkew) return 'from_the_future';
  if (crl.nextUpdate === undefined || crl.nextUpdate < now - clockSkew) return 'out_of_date';
  const { publicKey } = authority;
  return verifySignature({ signatureAlgorithm, signature, data: tbs, publicKey }) ? undefined : 'wrong_signature';
}
