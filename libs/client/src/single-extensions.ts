import { DerReader, equalOctets, TAG } from '@kakunin/der';
import { certHash } from '@kakunin/ocsp';
import { type Certificate, digest, type Extension, EXTENSION, hashAlgorithmOf } from '@kakunin/x509';

const CERT_HASH = certHash(new Uint8Array()).id;

const valueOf = (extensions: readonly Extension[], id: string): DerReader | undefined => {
  const value = extensions.find((extension) => extension.id === id)?.value;
  return value && DerReader.of(value);
};

/**
 * Whether a CertHash (Common PKI 2.0, part 4) proves that the authority issued another certificate with this serial number.
 * @throws DerError
 */
export function provesAnother(certificate: Certificate, extensions: readonly Extension[]): boolean {
  const fields = valueOf(extensions, CERT_HASH)?.sequence();
  if (!fields) return false;
  const algorithm = hashAlgorithmOf(fields.sequence().content(TAG.objectIdentifier));
  const hash = fields.octetString();
  return algorithm !== undefined && !equalOctets(hash, digest(algorithm, certificate.der));
}

/** Epoch ms; entry extensions of CRLs may stand in an answer, too (RFC 6960, 4.4.5). @throws DerError */
export const readInvalidityDate = (extensions: readonly Extension[]): number | undefined =>
  valueOf(extensions, EXTENSION.invalidityDate)?.generalizedTime();
