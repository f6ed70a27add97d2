import { importPublicKey } from './public-key.ts';
import { X509Error } from './x509-error.ts';

/** DER of two INTEGERs of one octet more than the field's at most: SEQUENCE, and two headers (RFC 3279, 2.2.3). */
const ecdsaLength = (fieldOctets: number): number => 2 + 2 * (2 + 1 + fieldOctets);

/**
 * Octets of the longest signature of a key: RSA's are all as long as its modulus, Ed25519's 64, ECDSA's a few shorter.
 * @param publicKey DER of the SubjectPublicKeyInfo
 * @throws X509Error `malformed_certificate` | `unsupported_algorithm`
 */
export function maxSignatureLength(publicKey: Uint8Array): number {
  const { asymmetricKeyType, asymmetricKeyDetails = {} } = importPublicKey(publicKey);
  const { modulusLength, namedCurve } = asymmetricKeyDetails;
  if (modulusLength !== undefined) return Math.ceil(modulusLength / 8);
  if (asymmetricKeyType === 'ed25519') return 64;
  if (namedCurve === 'prime256v1') return ecdsaLength(32);
  if (namedCurve === 'secp384r1') return ecdsaLength(48);
  throw new X509Error('unsupported_algorithm', 'Keys are RSA, P-256, P-384 or Ed25519.');
}
