import { createVerify, verify } from 'node:crypto';
import { DerError, DerReader } from '@kakunin/der';
import { importPublicKey } from './public-key.ts';
import { verificationScheme } from './signature-algorithm.ts';
import { X509Error } from './x509-error.ts';

/** Verifies a signature over data that comes in pieces and may be too large to hold, such as a nation's CRL. */
export interface SignatureVerifier {
  /** The next piece of what was signed; not kept, except for Ed25519, which OpenSSL verifies over its whole data. */
  update(piece: Uint8Array): void;
  /**
   * Whether the signature was made over all pieces by the holder of the key; an algorithm that is not accepted, one that
   * does not fit the key, and a broken key are `false` too.
   * @param publicKey DER of the SubjectPublicKeyInfo
   */
  verify(signature: Uint8Array, publicKey: Uint8Array): boolean;
}

/** @param signatureAlgorithm DER of the AlgorithmIdentifier */
export function signatureVerifier(signatureAlgorithm: Uint8Array): SignatureVerifier {
  const scheme = schemeOf(signatureAlgorithm);
  const running = scheme?.digest === undefined ? undefined : createVerify(scheme.digest);
  const pieces: Uint8Array[] = [];
  return {
    update: (piece) => {
      if (running) running.update(piece);
      else if (scheme) pieces.push(Uint8Array.from(piece));
    },
    verify: (signature, publicKey) => {
      const key = keyOf(publicKey);
      if (!key || scheme?.keyType !== key.asymmetricKeyType) return false;
      return running ? running.verify(key, signature) : verify(undefined, Buffer.concat(pieces), key, signature);
    },
  };
}

function schemeOf(signatureAlgorithm: Uint8Array): ReturnType<typeof verificationScheme> {
  try {
    return verificationScheme(DerReader.of(signatureAlgorithm).sequence().objectIdentifier());
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function keyOf(publicKey: Uint8Array): ReturnType<typeof importPublicKey> | undefined {
  try {
    return importPublicKey(publicKey);
  } catch (error) {
    if (error instanceof X509Error) return undefined;
    throw error;
  }
}
