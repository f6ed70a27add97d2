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

/** How many keys are kept, the last that were used: those of authorities and responders verify most signatures. */
const KEPT_KEYS = 64;
const keptKeys = new Map<string, KeyObject>();

/**
 * The key of a SubjectPublicKeyInfo. A key is kept for the next time, because a new one costs more than to verify with it
 * (P-256: 200 µs beside 94).
 * @throws X509Error `malformed_certificate`
 */
export function importPublicKey(spki: Uint8Array): KeyObject {
  const octets = Buffer.from(spki.buffer, spki.byteOffset, spki.length);
  const name = octets.toString('latin1');
  const key = keptKeys.get(name) ?? createKey(octets);
  keptKeys.delete(name);
  keptKeys.set(name, key);
  if (keptKeys.size > KEPT_KEYS) keptKeys.delete(keptKeys.keys().next().value!);
  return key;
}

function createKey(spki: Buffer): KeyObject {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' });
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
