import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError } from '@kakunin/runtime';

/** Signs what leaves the billing meter as a document: statements, credit notes, invoices, exports. */
export class DocumentSigner {
  /** PEM, SubjectPublicKeyInfo: what `openssl pkeyutl -verify -pubin -rawin` takes. */
  readonly publicKeyPem: string;
  readonly #key: KeyObject;

  /** @throws TypeError when the key is not Ed25519 */
  constructor(key: KeyObject) {
    if (key.asymmetricKeyType !== 'ed25519') throw new TypeError('The key is not Ed25519.');
    this.#key = key;
    this.publicKeyPem = createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
  }

  /**
   * A detached Ed25519 signature over the octets themselves (RFC 8032): 64 octets, and always the same ones for the same
   * octets.
   */
  sign(octets: Uint8Array): Buffer {
    return sign(null, octets, this.#key);
  }
}

/** @throws ConfigError that says how to make a key */
export function readDocumentSigner(file: string): DocumentSigner {
  try {
    return new DocumentSigner(createPrivateKey(readFileSync(file)));
  } catch (error) {
    const { message } = error as Error;
    const hint = 'Make one with: openssl genpkey -algorithm ed25519';
    throw new ConfigError('billing-meter', [`KAKUNIN_BILLING_SIGNING_KEY_FILE: ${message} ${hint}`]);
  }
}
