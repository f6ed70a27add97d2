import { ObjectError, type ObjectStore, type StagedObject, type StoredObject } from '@kakunin/objects';
import {
  crlKey,
  crlPointer,
  type CrlDescriptor,
  type CrlSeries,
  decodeCrlDescriptor,
  decodePatchList,
  descriptorKeyOf,
  encodeCrlDescriptor,
  type ListedCrl,
  type PatchList,
  patchListPointer,
} from '@kakunin/publication';
import { type ManifestFile, PublishedManifest } from './manifest/published-manifest.ts';
import type { PublicationArchive } from './archive/publication-archive.ts';
import { publishEncodings } from './publish-encodings.ts';
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
  readonly #manifest: PublishedManifest;
  readonly #archive: Pick<PublicationArchive, 'keep'> | undefined;
  #moves = 0;

  constructor(store: ObjectStore, manifest = new PublishedManifest(store), archive?: Pick<PublicationArchive, 'keep'>) {
    this.#store = store;
    this.#manifest = manifest;
    this.#archive = archive;
  }

  /** How often a pointer was moved from here: where one stood before, it may stand no more. */
  get moves(): number {
    return this.#moves;
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
   * finds those. Then it is archived. Nothing points at it yet.
   * @param previous where the newest one of its series lies; left out: there is none
   */
  async publish(crl: StagedObject, descriptor: CrlDescriptor, previous?: string): Promise<void> {
    const key = crlKey(descriptor, descriptor.crlNumber);
    await Promise.all([
      this.#put(descriptorKeyOf(key), encodeCrlDescriptor(descriptor)),
      publishEncodings(this.#store, crl, key),
    ]);
    await crl.publish(key);
    await this.#archive?.keep(descriptor, previous);
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
  async pointAt(descriptor: CrlDescriptor, previous: string | undefined): Promise<boolean> {
    const key = crlKey(descriptor, descriptor.crlNumber);
    try {
      return await this.#store.point(crlPointer(descriptor), key, previous ?? null);
    } finally {
      this.#moves += 1;
    }
  }

  /** The bytes of the newest manifest; undefined before the first publication. */
  manifest(): Promise<ManifestFile | undefined> {
    return this.#manifest.newest();
  }

  /** What the manifest lists. */
  async list(): Promise<readonly ListedCrl[]> {
    return (await this.#manifest.read()).crls;
  }

  /**
   * Brings the manifest up to date with the pointers of these series; what it says of others stays. Two at once may both
   * read an old pointer: whoever comes second finds the manifest moved, and looks at the pointers again.
   */
  updateManifest(series: readonly CrlSeries[]): Promise<void> {
    return this.#manifest.revise(async (manifest) => {
      const crls = new Map(manifest.crls.map((crl) => [crlPointer(crl), crl]));
      const found = await Promise.all(series.map((one) => this.#listedAs(one)));
      series.forEach((one, index) => {
        const crl = found[index];
        if (crl) crls.set(crlPointer(one), crl);
        else crls.delete(crlPointer(one));
      });
      return { ...manifest, crls: [...crls].sort(byPointer).map(([, crl]) => crl) };
    });
  }

  /** The manifest lists what can be fetched: a CRL whose files are gone holds up no other. */
  async #listedAs(series: CrlSeries): Promise<ListedCrl | undefined> {
    const key = await this.newestKey(series);
    const crl = key === undefined ? undefined : await this.at(key);
    if (!crl || crl.descriptor.kind === 'delta') return crl?.descriptor;
    const list = await this.patches(series);
    const isOfThis = list?.crlNumber === crl.descriptor.crlNumber;
    return isOfThis ? { ...crl.descriptor, patches: [...list.patches] } : crl.descriptor;
  }

  /** The patches to the newest CRL of a series for which there are any yet. */
  async patches(series: CrlSeries): Promise<PatchList | undefined> {
    const key = await this.target(patchListPointer(series));
    const content = key === undefined ? undefined : await this.#store.open(key);
    return content && decodePatchList(await readText(content));
  }

  /** @throws ObjectError `object_exists` when something else lies there */
  async #put(key: string, bytes: Uint8Array): Promise<void> {
    if (await this.#store.put(key, bytes)) return;
    throw new ObjectError('object_exists', 'Another description of this number is published already.');
  }
}
