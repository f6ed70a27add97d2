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
