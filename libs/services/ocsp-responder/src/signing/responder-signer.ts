import { createPublicKey } from 'node:crypto';
import type { ResponderId } from '@kakunin/ocsp';
import type { Certificate, SigningKey } from '@kakunin/x509';

/** Who signs answers about an authority's certificates. A renewed one is another object. */
export interface ResponderSigner {
  readonly key: SigningKey;
  readonly certificate: Certificate;
  readonly responderId: ResponderId;
}

/** Octets of the longest signature of a key. An ECDSA signature is a SEQUENCE of two INTEGERs, each with a sign octet at most. */
export function longestSignature({ algorithm, publicKey }: Pick<SigningKey, 'algorithm' | 'publicKey'>): number {
  if (algorithm === 'ecdsa-p256-sha256') return 72;
  if (algorithm === 'ecdsa-p384-sha384') return 104;
  if (algorithm === 'ed25519') return 64;
  const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
  return (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
}
