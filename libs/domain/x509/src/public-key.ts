import { createPublicKey, type KeyObject } from 'node:crypto';
import { DerReader } from '@kakunin/der';
import { X509Error } from './x509-error.ts';

/**
 * Octets of the BIT STRING of a SubjectPublicKeyInfo, which keyHash and key identifiers are taken of.
 * @throws DerError
 */
export function publicKeyBits(spki: Uint8Array): Uint8Array {
  const fields = DerReader.of(spki).sequence();
  fields.sequence();
  return fields.bitString();
}

/**
 * The key of a SubjectPublicKeyInfo.
 * @throws X509Error `malformed_certificate`
 */
export function importPublicKey(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch (cause) {
    throw new X509Error('malformed_certificate', 'The public key cannot be read.', { cause });
  }
}

/** OpenSSL's names of the curves, as NIST calls them. */
const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384' };

/**
 * The kind of key for people: `RSA 2048`, `EC P-256`, `Ed25519`.
 * @throws X509Error `malformed_certificate`
 */
export function keyAlgorithmName(spki: Uint8Array): string {
  const { asymmetricKeyType = 'unknown', asymmetricKeyDetails } = importPublicKey(spki);
  const { modulusLength, namedCurve } = asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) return `RSA ${modulusLength}`;
  if (namedCurve !== undefined) return `EC ${CURVES[namedCurve] ?? namedCurve}`;
  return asymmetricKeyType === 'ed25519' ? 'Ed25519' : asymmetricKeyType;
}
