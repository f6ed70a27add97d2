import { equalOctets } from '@kakunin/der';
import type { Certificate } from './certificate.ts';
import { KEY_PURPOSE } from './object-identifiers.ts';
import { verifySignature } from './verify-signature.ts';

/** Whether the instant (epoch ms) lies in the validity; both ends do. */
export const isWithinValidity = ({ notBefore, notAfter }: Certificate, now: number): boolean =>
  now >= notBefore && now <= notAfter;

/** Whether the certificate names the authority as its issuer and the authority's key signed it. */
export const isIssuedBy = (certificate: Certificate, authority: Certificate): boolean =>
  equalOctets(certificate.issuer, authority.subject) &&
  verifySignature({
    signatureAlgorithm: certificate.signatureAlgorithm,
    publicKey: authority.publicKey,
    data: certificate.tbs,
    signature: certificate.signature,
  });

/** Why a certificate may not sign OCSP answers. */
export type ResponderRefusal =
  'not_yet_valid' | 'expired' | 'not_issued_by_authority' | 'no_ocsp_signing' | 'key_usage' | 'no_nocheck';

/** What `checkResponderCertificate` finds. */
export type ResponderCheck = { readonly ok: true } | { readonly ok: false; readonly refusal: ResponderRefusal };

const refuse = (refusal: ResponderRefusal): ResponderCheck => ({ ok: false, refusal });

/**
 * Whether a certificate may sign OCSP answers about what an authority issued (RFC 6960, 4.2.2.2): it is the
 * authority's own, or was issued directly by it with id-kp-OCSPSigning. Its revocation is not looked at.
 */
export function checkResponderCertificate(check: {
  readonly certificate: Certificate;
  readonly authority: Certificate;
  /** Epoch ms. */
  readonly now: number;
  /**
   * A delegated certificate must hold id-pkix-ocsp-nocheck: optional in RFC 6960, 4.2.2.2.1, demanded by the CA/Browser
   * Forum's baseline requirements, 4.9.9. Left out: false.
   */
  readonly requireNoCheck?: boolean;
}): ResponderCheck {
  const { certificate, authority, now, requireNoCheck = false } = check;
  if (now < certificate.notBefore) return refuse('not_yet_valid');
  if (now > certificate.notAfter) return refuse('expired');
  if (equalOctets(certificate.der, authority.der)) return { ok: true };
  if (!isIssuedBy(certificate, authority)) return refuse('not_issued_by_authority');
  if (!certificate.extendedKeyUsage.includes(KEY_PURPOSE.ocspSigning)) return refuse('no_ocsp_signing');
  if (certificate.keyUsage?.has('digitalSignature') === false) return refuse('key_usage');
  if (requireNoCheck && !certificate.ocspNoCheck) return refuse('no_nocheck');
  return { ok: true };
}
