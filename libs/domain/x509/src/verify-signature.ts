import { verify } from 'node:crypto';
import { DerError, DerReader } from '@kakunin/der';
import { importPublicKey } from './public-key.ts';
import { verificationScheme } from './signature-algorithm.ts';
import { X509Error } from './x509-error.ts';

/** A signature, and what it takes to verify it. */
export interface SignedData {
  /** DER of the AlgorithmIdentifier beside the signature. */
  readonly signatureAlgorithm: Uint8Array;
  /** DER of the signer's SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** What was signed, as it stands. */
  readonly data: Uint8Array;
  /** ECDSA: DER SEQUENCE of r and s. */
  readonly signature: Uint8Array;
}

/**
 * Whether the signature was made over the data by the holder of the key. An algorithm that is not accepted (SHA-1,
 * MD5, RSASSA-PSS), one that does not fit the key, and a broken key are `false` too.
 */
export function verifySignature({ signatureAlgorithm, publicKey, data, signature }: SignedData): boolean {
  try {
    const scheme = verificationScheme(DerReader.of(signatureAlgorithm).sequence().objectIdentifier());
    const key = importPublicKey(publicKey);
    return scheme?.keyType === key.asymmetricKeyType && verify(scheme?.digest, data, key, signature);
  } catch (error) {
    if (error instanceof DerError || error instanceof X509Error) return false;
    throw error;
  }
}
