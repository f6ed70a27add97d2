import { createPrivateKey, createPublicKey, createSign, type KeyObject, sign } from 'node:crypto';
import { setImmediate as otherWork } from 'node:timers/promises';
import { type SignatureAlgorithm, type SigningKey, X509Error } from '@kakunin/x509';
import { algorithmOf, DIGESTS, signerFailed } from './key-algorithm.ts';

/**
 * The key of a PEM text: PKCS#8, PKCS#1 or SEC1, not encrypted; RSA of 2048 bits or more, P-256, P-384, Ed25519.
 * @throws X509Error `malformed_pem` | `unsupported_algorithm`
 */
export function pemSigningKey(pem: string): SigningKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch (cause) {
    throw new X509Error('malformed_pem', 'The private key cannot be read: give PEM that is not encrypted.', { cause });
  }
  return signingKeyOf(privateKey);
}

/**
 * The same of a key that is in memory already, such as one just generated.
 * @throws X509Error `unsupported_algorithm`
 */
export function signingKeyOf(privateKey: KeyObject): SigningKey {
  const algorithm = algorithmOf(privateKey);
  // RSA goes to the thread pool: 256 µs would hold the event loop up; for P-256's 22 µs the way there costs more.
  const signData = algorithm === 'rsa-sha256' ? signInPool : signHere;
  return {
    algorithm,
    publicKey: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
    sign: (data) => signData(algorithm, data, privateKey),
    signNow: (data) => signNow(algorithm, data, privateKey),
    signChunks: (chunks) => signInPieces(algorithm, chunks, privateKey),
  };
}

function signInPool(algorithm: SignatureAlgorithm, data: Uint8Array, key: KeyObject): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    sign(DIGESTS[algorithm], data, key, (error, signature) =>
      error ? reject(signerFailed(error)) : resolve(signature),
    );
  });
}

const signHere = async (algorithm: SignatureAlgorithm, data: Uint8Array, key: KeyObject): Promise<Uint8Array> =>
  signNow(algorithm, data, key);

function signNow(algorithm: SignatureAlgorithm, data: Uint8Array, key: KeyObject): Uint8Array {
  try {
    return sign(DIGESTS[algorithm], data, key);
  } catch (cause) {
    throw signerFailed(cause);
  }
}

/** Between the pieces, whatever else waits gets its turn. */
async function signInPieces(
  algorithm: SignatureAlgorithm,
  chunks: Iterable<Uint8Array>,
  key: KeyObject,
): Promise<Uint8Array> {
  const digest = DIGESTS[algorithm];
  if (!digest) return signHere(algorithm, Buffer.concat([...chunks]), key);
  const signing = createSign(digest);
  for (const chunk of chunks) {
    signing.update(chunk);
    await otherWork();
  }
  try {
    return signing.sign(key);
  } catch (cause) {
    throw signerFailed(cause);
  }
}
