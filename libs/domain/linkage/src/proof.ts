import { createPublicKey, type KeyObject, verify } from 'node:crypto';

const SMALLEST_RSA_BITS = 2048;
const CURVE_HASHES: Readonly<Record<string, string>> = { prime256v1: 'sha256', secp384r1: 'sha384' };

export interface Proof {
  /** DER of the SubjectPublicKeyInfo of the certificate. */
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  /** RSA: PKCS #1 v1.5 (RFC 8017, 8.2); ECDSA: DER of r and s (RFC 3279, 2.2.3). */
  readonly signature: Uint8Array;
}

/**
 * Verifies that the key of a certificate signed the message: RSA of at least 2048 bits with SHA-256, ECDSA P-256 with
 * SHA-256, P-384 with SHA-384. Whatever else, malformed keys and signatures included, is no proof. Never throws.
 */
export function verifyProof({ publicKey, message, signature }: Proof): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
    const hash = hashFor(key);
    return hash !== undefined && verify(hash, message, key, signature);
  } catch {
    return false;
  }
}

function hashFor({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
  if (asymmetricKeyType === 'rsa') {
    return (asymmetricKeyDetails?.modulusLength ?? 0) >= SMALLEST_RSA_BITS ? 'sha256' : undefined;
  }
  return asymmetricKeyType === 'ec' ? CURVE_HASHES[asymmetricKeyDetails?.namedCurve ?? ''] : undefined;
}
