import { createHash } from 'node:crypto';
import { ObjectError, type ObjectStore, type StoredObject } from '@kakunin/objects';
import {
  CRL_MANIFEST_POINTER,
  CRL_MANIFEST_PUBLIC_KEY_POINTER,
  CRL_MANIFEST_SIGNATURE_POINTER,
  type CrlManifest,
  decodeCrlManifest,
  encodeCrlManifest,
  manifestKey,
  manifestSignatureKey,
  publicKeyKey,
} from '@kakunin/publication';
import type { DocumentSigner } from '@kakunin/signing-keys';
import { readAll } from '../read-all.ts';

/** The manifest as it is served. */
export interface ManifestFile {
  readonly sha256: string;
  readonly content: StoredObject;
}

const sha256Of = (octets: Uint8Array | string): string => createHash('sha256').update(octets).digest('hex');

/**
 * The one document that says what is published now, a pointer that moves from one to the next. Each has its signature beside
 * it under its own SHA-256, laid down before the pointer moves: whoever holds a manifest finds the signature that is its own.
 */
export class PublishedManifest {
  readonly #store: ObjectStore;
  readonly #signer: DocumentSigner | undefined;
  readonly #signingKey: string | undefined;
  #isKeyPublished = false;

  /** @param signer absent: manifests are not signed */
  constructor(store: ObjectStore, signer?: DocumentSigner) {
    this.#store = store;
    this.#signer = signer;
    this.#signingKey = signer && sha256Of(signer.publicKeyDer);
  }

  /** The octets of the newest; undefined before the first publication. */
  async newest(): Promise<ManifestFile | undefined> {
    const key = await this.#store.target(CRL_MANIFEST_POINTER);
    const content = key === undefined ? undefined : await this.#store.open(key);
    return content && { content, sha256: key?.replace(/^.*\/|\.json$/g, '') ?? '' };
  }

  /** What the newest says; empty before the first publication. */
  async read(): Promise<CrlManifest> {
    return this.#decode(await this.#store.target(CRL_MANIFEST_POINTER));
  }

  /** Replaces the newest by what `change` makes of it; once more when another has become the newest meanwhile. */
  async revise(change: (manifest: CrlManifest) => Promise<CrlManifest>): Promise<void> {
    await this.#publishKey();
    for (;;) {
      const previous = await this.#store.target(CRL_MANIFEST_POINTER);
      const octets = encodeCrlManifest({
        ...(await change(await this.#decode(previous))),
        signingKey: this.#signingKey,
      });
      const sha256 = sha256Of(octets);
      if (previous === manifestKey(sha256)) return this.#pointAtSignature(sha256);
      await this.#put(manifestKey(sha256), octets);
      if (this.#signer) await this.#put(manifestSignatureKey(sha256), this.#signer.sign(octets));
      if (await this.#store.point(CRL_MANIFEST_POINTER, manifestKey(sha256), previous ?? null)) {
        return this.#pointAtSignature(sha256);
      }
    }
  }

  async #pointAtSignature(sha256: string): Promise<void> {
    const key = manifestSignatureKey(sha256);
    if (!this.#signer || (await this.#store.target(CRL_MANIFEST_SIGNATURE_POINTER)) === key) return;
    await this.#store.point(CRL_MANIFEST_SIGNATURE_POINTER, key);
  }

  /** The public key lies there too, for whoever trusts the way that it comes. Once a process. */
  async #publishKey(): Promise<void> {
    if (!this.#signer || this.#isKeyPublished) return;
    const pem = Buffer.from(this.#signer.publicKeyPem);
    const key = publicKeyKey(sha256Of(pem));
    await this.#put(key, pem);
    if ((await this.#store.target(CRL_MANIFEST_PUBLIC_KEY_POINTER)) !== key) {
      await this.#store.point(CRL_MANIFEST_PUBLIC_KEY_POINTER, key);
    }
    this.#isKeyPublished = true;
  }

  async #decode(key: string | undefined): Promise<CrlManifest> {
    const content = key === undefined ? undefined : await this.#store.open(key);
    return content ? decodeCrlManifest((await readAll(content)).toString('utf8')) : { crls: [] };
  }

  /** @throws ObjectError `object_exists` when something else lies there */
  async #put(key: string, octets: Uint8Array): Promise<void> {
    if (await this.#store.put(key, octets)) return;
    throw new ObjectError('object_exists', 'Another manifest lies under this name: the store was altered.');
  }
}
