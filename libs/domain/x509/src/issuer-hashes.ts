import type { Certificate } from './certificate.ts';
import { digest, type HashAlgorithm } from './hash-algorithm.ts';

/** How a CertID names an issuer (RFC 6960, 4.1.1). */
export interface IssuerHashes {
  /** Of the DER of the issuer's subject name. */
  readonly issuerNameHash: Uint8Array;
  /** Of the issuer's public key bits: what tells key generations under one name apart. */
  readonly issuerKeyHash: Uint8Array;
}

/** The hashes that a CertID of certificates issued under this authority's certificate holds. */
export const issuerHashes = (authority: Certificate, algorithm: HashAlgorithm): IssuerHashes => ({
  issuerNameHash: digest(algorithm, authority.subject),
  issuerKeyHash: digest(algorithm, authority.publicKeyBits),
});
