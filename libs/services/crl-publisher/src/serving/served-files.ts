import { basename } from 'node:path';
import type { ObjectStore } from '@kakunin/objects';
import {
  CRL_MANIFEST_POINTER,
  CRL_MANIFEST_PUBLIC_KEY_POINTER,
  CRL_MANIFEST_SIGNATURE_POINTER,
  signatureKeyOf,
} from '@kakunin/publication';
import type { Representation } from './representation.ts';

/** A URL that never changes its content may be kept for ever (RFC 8246). */
const FOR_EVER = 'public, max-age=31536000, immutable';
const BRIEFLY = 'public, max-age=1';

const SCOPE = '[a-z0-9][a-z0-9-]{0,62}(?:/partitions/[a-z0-9][a-z0-9-]{0,31})?';
const POINTERS: ReadonlyMap<string, Representation['contentType']> = new Map([
  [CRL_MANIFEST_PUBLIC_KEY_POINTER, 'application/x-pem-file'],
] as const);
/** What may be asked for, as it lies in the store. */
const OBJECTS: readonly { readonly path: RegExp; readonly contentType: Representation['contentType'] }[] = [
  { path: /^crl\/manifests\/[0-9a-f]{64}\.json$/, contentType: 'application/json' },
  { path: /^crl\/manifests\/[0-9a-f]{64}\.json\.sig$/, contentType: 'application/octet-stream' },
  {
    path: new RegExp(String.raw`^crl/${SCOPE}/\d{1,48}\.from-\d{1,48}\.dcz$`),
    contentType: 'application/octet-stream',
  },
  {
    path: /^blind-list\/[a-z0-9][a-z0-9-]{0,62}\/\d{1,16}(\.delta)?\.kbl(\.sig)?$/,
    contentType: 'application/octet-stream',
  },
];

/** What lies beside CRLs, served as it is: signatures, patches, blind lists. */
export class ServedFiles {
  readonly #store: Pick<ObjectStore, 'open' | 'target'>;

  constructor(store: Pick<ObjectStore, 'open' | 'target'>) {
    this.#store = store;
  }

  /** @param path without its first slash @returns undefined when there is no such file */
  async find(path: string): Promise<Representation | undefined> {
    if (path === CRL_MANIFEST_SIGNATURE_POINTER) return this.#newestSignature();
    const pointed = POINTERS.get(path);
    if (pointed) return this.#at(await this.#store.target(path), pointed, BRIEFLY);
    const object = OBJECTS.find((one) => one.path.test(path));
    return object && this.#at(path, object.contentType, FOR_EVER);
  }

  /** Of the manifest that is the newest now: the pointer to it follows a moment later. */
  async #newestSignature(): Promise<Representation | undefined> {
    const manifest = await this.#store.target(CRL_MANIFEST_POINTER);
    return this.#at(manifest && signatureKeyOf(manifest), 'application/octet-stream', BRIEFLY);
  }

  async #at(
    key: string | undefined,
    contentType: Representation['contentType'],
    cacheControl: string,
  ): Promise<Representation | undefined> {
    const content = key === undefined ? undefined : await this.#store.open(key);
    if (!content) return undefined;
    // Objects never change: the name says which it is.
    const etag = `"${basename(key ?? '')}"`;
    return { contentType, content, etag, cacheControl, hasRanges: true, isNegotiated: false };
  }
}
