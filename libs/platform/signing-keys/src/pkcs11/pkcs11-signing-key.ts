import { createHash } from 'node:crypto';
import { setImmediate as otherWork } from 'node:timers/promises';
import {
  type Certificate,
  digest,
  digestInfo,
  ecdsaSignature,
  importPublicKey,
  type SignatureAlgorithm,
  signatureAlgorithmIdentifier,
  type SigningKey,
  verifySignature,
  X509Error,
} from '@kakunin/x509';
import { algorithmOf, DIGESTS, keyDiffers, signerFailed } from '../key-algorithm.ts';
import type { Pkcs11Key } from './pkcs11-file.ts';
import { signWithToken } from './sign-with-token.ts';
import type { SignRequest } from './token-protocol.ts';

/** For this long after a failure the token is not asked, ms: each attempt may start a process. */
const PAUSE = 1_000;

/** Not DER, so that its signature can stand under no structure of X.509. */
const TRIAL = Buffer.from('Kakunin: is this the key of the certificate?');

/** A private key in a token. It signs in another process, and never takes longer than its time limit. */
class Pkcs11SigningKey implements SigningKey {
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
  readonly concurrency: number;
  readonly #key: Pkcs11Key;
  /** The last one, and the monotonic time until which it stands for the next attempts, ms. */
  #failure: { readonly cause: unknown; readonly until: number } | undefined;

  constructor(key: Pkcs11Key, { publicKey }: Certificate) {
    this.#key = key;
    this.publicKey = publicKey;
    this.concurrency = key.token.sessions;
    this.algorithm = algorithmOf(importPublicKey(publicKey));
  }

  async sign(data: Uint8Array): Promise<Uint8Array> {
    const hash = DIGESTS[this.algorithm];
    return this.#sign(hash ? digest(hash, data) : data);
  }

  async signChunks(chunks: Iterable<Uint8Array>): Promise<Uint8Array> {
    const hash = DIGESTS[this.algorithm];
    if (!hash) return this.#sign(Buffer.concat([...chunks]));
    const hashing = createHash(hash);
    for (const chunk of chunks) {
      hashing.update(chunk);
      await otherWork();
    }
    return this.#sign(hashing.digest());
  }

  /** @param input the digest, or the message of Ed25519 */
  async #sign(input: Uint8Array): Promise<Uint8Array> {
    if (this.#failure && performance.now() < this.#failure.until) throw refused(this.#failure.cause);
    const { token, key, timeLimit } = this.#key;
    try {
      const signature = await signWithToken({ token, timeLimit, request: { key, ...this.#prepare(input) } });
      return this.algorithm.startsWith('ecdsa') ? ecdsaSignature(signature) : signature;
    } catch (cause) {
      this.#failure = { cause, until: performance.now() + PAUSE };
      throw refused(cause);
    }
  }

  /** PKCS #11 pads for RSA, and hashes for nobody here: the data may be a nation's CRL. */
  #prepare(input: Uint8Array): Pick<SignRequest, 'mechanism' | 'data'> {
    if (this.algorithm === 'ed25519') return { mechanism: 'CKM_EDDSA', data: input };
    if (this.algorithm === 'rsa-sha256') return { mechanism: 'CKM_RSA_PKCS', data: digestInfo('sha256', input) };
    return { mechanism: 'CKM_ECDSA', data: input };
  }
}

const refused = (cause: unknown): X509Error => signerFailed(cause, (cause as Error).message);

/**
 * The key in a token that a certificate names. That it is the one is proved by a signature: many tokens hold no public key.
 * @throws SigningKeyError
 * @throws X509Error `unsupported_algorithm` | `key_differs`
 */
export async function openPkcs11Key(key: Pkcs11Key, certificate: Certificate): Promise<SigningKey> {
  const signingKey = new Pkcs11SigningKey(key, certificate);
  const signature = await signingKey.sign(TRIAL).catch(({ cause }: X509Error) => {
    throw cause;
  });
  const signatureAlgorithm = signatureAlgorithmIdentifier[signingKey.algorithm];
  if (!verifySignature({ signatureAlgorithm, publicKey: signingKey.publicKey, data: TRIAL, signature }))
    throw keyDiffers();
  return signingKey;
}
