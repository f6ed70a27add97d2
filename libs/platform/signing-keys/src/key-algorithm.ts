import type { KeyObject } from 'node:crypto';
import { type SignatureAlgorithm, X509Error } from '@kakunin/x509';

/** What each algorithm signs a digest of; Ed25519 takes the data as it is. */
export const DIGESTS = {
  'rsa-sha256': 'sha256',
  'ecdsa-p256-sha256': 'sha256',
  'ecdsa-p384-sha384': 'sha384',
  ed25519: undefined,
} as const satisfies Record<SignatureAlgorithm, string | undefined>;

const MINIMUM_RSA_BITS = 2048;

/**
 * How a key signs, private or public.
 * @throws X509Error `unsupported_algorithm`
 */
export function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SignatureAlgorithm {
  const { modulusLength = 0, namedCurve } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType === 'rsa' && modulusLength >= MINIMUM_RSA_BITS) return 'rsa-sha256';
  if (namedCurve === 'prime256v1') return 'ecdsa-p256-sha256';
  if (namedCurve === 'secp384r1') return 'ecdsa-p384-sha384';
  if (asymmetricKeyType === 'ed25519') return 'ed25519';
  throw new X509Error(
    'unsupported_algorithm',
    'The private key must be RSA (2048 bits or more), P-256, P-384 or Ed25519.',
  );
}

export const signerFailed = (cause: unknown, message = 'The key did not sign.'): X509Error =>
  new X509Error('signer_failed', message, { cause });

export const keyDiffers = (): X509Error =>
  new X509Error('key_differs', 'The certificate is not of this private key: give files that belong together.');
