import {
  type Certificate,
  importPublicKey,
  keyAlgorithmName,
  parseCertificate,
  verifySignature,
  X509Error,
} from '@kakunin/x509';
import type { OcspRequest } from './ocsp-request.ts';

/** A signer's certificate comes first or nearly so; the rest is his chain, which nobody looks at. */
const MAX_CERTIFICATES = 4;

/** Kinds of keys that may sign a request. */
const KEYS: ReadonlySet<string> = new Set(['RSA 2048', 'RSA 3072', 'RSA 4096', 'EC P-256', 'EC P-384', 'Ed25519']);
/** Nobody uses a larger one of RSA; with one as long as the modulus, verifying would take a hundred times as long. */
const LARGEST_EXPONENT = 65_537n;

/** What `verifyRequestSignature` finds. */
export type RequestSignatureCheck = { readonly signer: Certificate } | 'bad' | 'absent';

/**
 * Who signed a request (RFC 6960, 4.1.2): the holder of the first certificate that came along whose key fits. Whether to
 * trust that certificate, its validity too, is for the caller to decide.
 * @returns `bad` also when no certificate came along, and for algorithms that are not accepted, SHA-1 among them
 */
export function verifyRequestSignature({ signature, tbs }: OcspRequest): RequestSignatureCheck {
  if (!signature) return 'absent';
  const { signatureAlgorithm, signature: octets, certificates } = signature;
  for (const der of certificates.slice(0, MAX_CERTIFICATES)) {
    const signer = certificateWithKey(der);
    if (!signer) continue;
    const { publicKey } = signer;
    if (verifySignature({ signatureAlgorithm, signature: octets, data: tbs, publicKey })) return { signer };
  }
  return 'bad';
}

/** The certificate, if it is one and its key is of an accepted kind. */
function certificateWithKey(der: Uint8Array): Certificate | undefined {
  try {
    const certificate = parseCertificate(der);
    return isAccepted(certificate.publicKey) ? certificate : undefined;
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}

function isAccepted(publicKey: Uint8Array): boolean {
  if (!KEYS.has(keyAlgorithmName(publicKey))) return false;
  const { publicExponent = 0n } = importPublicKey(publicKey).asymmetricKeyDetails ?? {};
  return publicExponent <= LARGEST_EXPONENT;
}
