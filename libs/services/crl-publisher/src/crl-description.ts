import type { Authority } from '@kakunin/certificates';
import { crlKey, crlPointer, type CrlDescriptor } from '@kakunin/publication';
import { type Certificate, formatName, keyAlgorithmName } from '@kakunin/x509';

type Identity = Pick<
  CrlDescriptor,
  'authorityId' | 'certificateClass' | 'kind' | 'issuer' | 'keyAlgorithm' | 'crlNumber' | 'url' | 'immutableUrl'
>;

/** Whose CRL it is and where it lies. */
export const describeCrl = (
  { authorityId, certificateClass }: Authority,
  certificate: Certificate,
  crlNumber: bigint,
): Identity => ({
  authorityId,
  certificateClass,
  kind: 'complete',
  issuer: formatName(certificate.subject),
  keyAlgorithm: keyAlgorithmName(certificate.publicKey),
  crlNumber,
  url: `/${crlPointer({ authorityId })}`,
  immutableUrl: `/${crlKey({ authorityId }, crlNumber)}`,
});
