import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { ObjectError, type ObjectStore, type StagedObject, type StoredObject } from '@kakunin/objects';
import {
  CRL_MANIFEST_POINTER,
  crlKey,
  crlPointer,
  type CrlDescriptor,
  type CrlSeries,
  decodeCrlDescriptor,
  decodeCrlManifest,
  descriptorKeyOf,
  encodeCrlDescriptor,
  encodeCrlManifest,
  type ListedCrl,
  manifestKey,
} from '@kakunin/publication';
import { readAll } from './read-all.ts';
import { CODINGS, type ContentCoding } from './serving/content-coding.ts';

export interface PublishedCrl {
  /** Where it lies in the store. */
  readonly key: string;
  readonly descriptor: CrlDescriptor;
  readonly content: StoredObject;
}

export interface PublishedEncoding {
  readonly coding: ContentCoding;
  readonly content: StoredObject;
}

/** All of one authority stand together, the whole before its partitions. */
const byPointer = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

const readText = async (object: StoredObject): Promise<string> => (await readAll(object)).toString('utf8');

/** What the public sees: CRLs with their descriptors, the pointer to the newest of each authority, the manifest. */
export class PublishedCrls {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  stage: ObjectStore['stage'] = (content) => this.#store.stage(content);

  /**
   * The newest CRL of a series; undefined when none was ever published.
   * @throws ObjectError `object_missing` when its files are gone: it must not look as if there had been none
   */
  async newest(series: CrlSeries): Promise<PublishedCrl | undefined> {
    const key = await this.newestKey(series);
    if (key === undefined) return undefined;
    const found = await this.at(key);
    if (found) return found;
    throw new ObjectError('object_missing', 'The newest CRL is gone from the store: restore its files from a copy.');
  }

  /** Where the newest CRL of a series lies; undefined when none was ever published. */
  newestKey(series: CrlSeries): Promise<string | undefined> {
    return this.target(crlPointer(series));
  }

  /** Where a pointer stands; undefined when it was never set. */
  target: ObjectStore['target'] = (pointer) => this.#store.target(pointer);

  /** The CRL that lies there; undefined when it was never published. */
  async at(key: string): Promise<PublishedCrl | undefined> {
    const [content, descriptor] = await Promise.all([this.#store.open(key), this.#store.open(descriptorKeyOf(key))]);
    return content && descriptor && { key, content, descriptor: decodeCrlDescriptor(await readText(descriptor)) };
  }

  /**
   * Makes a CRL readable under its number, with its descriptor and its encodings; it comes last, so that whoever sees it
   * finds those. Nothing points at it yet.
   */
  async publish(crl: StagedObject, descriptor: CrlDescriptor): Promise<void> {
    const key = crlKey(descriptor, descriptor.crlNumber);
    await this.#put(descriptorKeyOf(key), encodeCrlDescriptor(descriptor));
    await Promise.all(CODINGS.map((coding) => this.#publishEncoding(crl, key, coding)));
    await crl.publish(key);
  }

  /** The encodings that lie beside a published CRL, in our order. */
  async encodings(key: string): Promise<readonly PublishedEncoding[]> {
    const found = await Promise.all(
      CODINGS.map(async ({ coding, extension }) => ({ coding, content: await this.#store.open(key + extension) })),
    );
    return found.flatMap(({ coding, content }) => (content ? [{ coding, content }] : []));
  }

  /**
   * Makes a published CRL the newest of its series.
   * @param previous where the newest one lay when this one was begun, undefined when there was none
   * @returns false when another has become the newest since: then that one stays
   */
  pointAt(descriptor: CrlDescriptor, previous: string | undefined): Promise<boolean> {
    return this.#store.point(crlPointer(descriptor), crlKey(descriptor, descriptor.crlNumber), previous ?? null);
  }

  /** The bytes of the newest manifest; undefined before the first publication. */
  async manifest(): Promise<{ readonly sha256: string; readonly content: StoredObject } | undefined> {
    const key = await this.#store.target(CRL_MANIFEST_POINTER);
    const content = key === undefined ? undefined : await this.#store.open(key);
    return content && { content, sha256: key?.replace(/^.*\/|\.json$/g, '') ?? '' };
  }

  /** What the manifest lists. */
  async list(): Promise<readonly ListedCrl[]> {
    return this.#listed(await this.#store.target(CRL_MANIFEST_POINTER));
  }

  /**
   * Brings the manifest up to date with the pointers of these series; what it says of others stays. Two at once may both
   * read an old pointer: whoever comes second finds the manifest moved, and looks at the pointers again.
   */
  async updateManifest(series: readonly CrlSeries[]): Promise<void> {
    for (;;) {
      const previous = await this.#store.target(CRL_MANIFEST_POINTER);
      const crls = new Map((await this.#listed(previous)).map((crl) => [crlPointer(crl), crl]));
      const found = await Promise.all(series.map((one) => this.#fetchable(one)));
      series.forEach((one, index) => {
        const crl = found[index];
        if (crl) crls.set(crlPointer(one), crl.descriptor);
        else crls.delete(crlPointer(one));
      });
      const bytes = encodeCrlManifest({ crls: [...crls].sort(byPointer).map(([, crl]) => crl) });
      const key = manifestKey(createHash('sha256').update(bytes).digest('hex'));
      if (previous === key) return;
      await this.#put(key, bytes);
      if (await this.#store.point(CRL_MANIFEST_POINTER, key, previous ?? null)) return;
    }
  }

  /** Keeps it only where it is smaller. */
  async #publishEncoding(
    crl: StagedObject,
    key: string,
    { extension, encoder }: (typeof CODINGS)[number],
  ): Promise<void> {
    const encoded = await this.#store.stage(pipeline(Readable.from(crl.read()), encoder(), () => undefined));
    try {
      if (encoded.bytes < crl.bytes) await encoded.publish(key + extension);
    } finally {
      await encoded.discard();
    }
  }

  /** The manifest lists what can be fetched: a CRL whose files are gone holds up no other. */
  async #fetchable(series: CrlSeries): Promise<PublishedCrl | undefined> {
    const key = await this.newestKey(series);
    return key === undefined ? undefined : this.at(key);
  }

  async #listed(manifest: string | undefined): Promise<readonly ListedCrl[]> {
    const content = manifest === undefined ? undefined : await this.#store.open(manifest);
    return content ? decodeCrlManifest(await readText(content)).crls : [];
  }

  /** @throws ObjectError `object_exists` when something else lies there */
  async #put(key: string, bytes: Uint8Array): Promise<void> {
    if (await this.#store.put(key, bytes)) return;
    throw new ObjectError('object_exists', 'Another description of this number is published already.');
  }
}
