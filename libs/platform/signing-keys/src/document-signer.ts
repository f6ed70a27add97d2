import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Signs documents that leave a service beside their signature: statements, manifests, blind lists. */
export class DocumentSigner {
  /** PEM, SubjectPublicKeyInfo: what `openssl pkeyutl -verify -pubin -rawin` takes. */
  readonly publicKeyPem: string;
  /** The same in DER. */
  readonly publicKeyDer: Uint8Array;
  readonly #key: KeyObject;

  /** @throws TypeError when the key is not Ed25519 */
  constructor(key: KeyObject) {
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('The key is not Ed25519.');
    this.#key = key;
    const publicKey = createPublicKey(key);
    this.publicKeyPem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
    this.publicKeyDer = publicKey.export({ format: 'der', type: 'spki' });
  }

  /**
   * @param file private key in PEM, not encrypted
   * @throws Error that says how to make one
   */
  static read(file: string): DocumentSigner {
    try {
      return new DocumentSigner(createPrivateKey(readFileSync(file)));
    } catch (cause) {
      const { message } = cause as Error;
      throw new Error(`${message} Make one with: openssl genpkey -algorithm ed25519`, { cause });
    }
  }

  /**
   * A detached Ed25519 signature over the octets themselves (RFC 8032): 64 octets, and always the same ones for the same
   * octets.
   */
  sign(octets: Uint8Array): Buffer {
    return sign(null, octets, this.#key);
  }
}
