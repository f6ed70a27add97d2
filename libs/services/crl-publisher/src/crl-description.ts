import type { Authority } from '@kakunin/certificates';
import { crlKey, crlPointer, type CrlDescriptor } from '@kakunin/publication';
import { type Certificate, formatName, importPublicKey } from '@kakunin/x509';

type Identity = Pick<
  CrlDescriptor,
  'authorityId' | 'certificateClass' | 'issuer' | 'keyAlgorithm' | 'crlNumber' | 'url' | 'immutableUrl'
>;

/** Whose CRL it is and where it lies. */
export const describeCrl = (
  { authorityId, certificateClass }: Authority,
  certificate: Certificate,
  crlNumber: bigint,
): Identity => ({
  authorityId,
  certificateClass,
  issuer: formatName(certificate.subject),
  keyAlgorithm: keyAlgorithmOf(certificate),
  crlNumber,
  url: `/${crlPointer(authorityId)}`,
  immutableUrl: `/${crlKey(authorityId, crlNumber)}`,
});

/** OpenSSL's names of the curves, as NIST calls them. */
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384' };

function keyAlgorithmOf({ publicKey }: Certificate): string {
  const { asymmetricKeyType = 'unknown', asymmetricKeyDetails } = importPublicKey(publicKey);
  const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) return `RSA ${modulusLength}`;
  if (namedCurve !== undefined) return `EC ${CURVES[namedCurve] ?? namedCurve}`;
  return asymmetricKeyType === 'ed25519' ? 'Ed25519' : asymmetricKeyType;
}
