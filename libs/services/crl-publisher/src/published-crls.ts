import { createHash } from 'node:crypto';
import { OBJECT_STORE } from '@kakunin/object-store';
import type { ObjectStore, StagedObject, StoredObject } from '@kakunin/objects';
import {
  CRL_MANIFEST_POINTER,
  crlKey,
  crlPointer,
  type CrlDescriptor,
  decodeCrlDescriptor,
  decodeCrlManifest,
  descriptorKeyOf,
  encodeCrlDescriptor,
  encodeCrlManifest,
  manifestKey,
} from '@kakunin/publication';
import { Inject, Injectable } from '@nestjs/common';
import { readAll } from './read-all.ts';

export interface PublishedCrl {
  readonly descriptor: CrlDescriptor;
  readonly content: StoredObject;
}

const readText = async (object: StoredObject): Promise<string> => (await readAll(object)).toString('utf8');

/** What the public sees: CRLs with their descriptors, the pointer to the newest of each authority, the manifest. */
@Injectable()
export class PublishedCrls {
  constructor(@Inject(OBJECT_STORE) private readonly store: ObjectStore) {}

  stage: ObjectStore['stage'] = (content) => this.store.stage(content);

  /** The newest CRL of an authority, or the one of a number; undefined when it was never published. */
  async find(authorityId: string, crlNumber?: bigint): Promise<PublishedCrl | undefined> {
    const key =
      crlNumber === undefined ? await this.store.target(crlPointer(authorityId)) : crlKey(authorityId, crlNumber);
    if (key === undefined) return undefined;
    const [content, descriptor] = await Promise.all([this.store.open(key), this.store.open(descriptorKeyOf(key))]);
    return content && descriptor && { content, descriptor: decodeCrlDescriptor(await readText(descriptor)) };
  }

  /** Makes a CRL and its descriptor readable under its number. Nothing points at it yet. */
  async publish(crl: StagedObject, descriptor: CrlDescriptor): Promise<void> {
    const key = crlKey(descriptor.authorityId, descriptor.crlNumber);
    await this.#write(descriptorKeyOf(key), encodeCrlDescriptor(descriptor));
    await crl.publish(key);
  }

  /** Makes a published CRL the newest of its authority. */
  async pointAt({ authorityId, crlNumber }: CrlDescriptor): Promise<void> {
    await this.store.point(crlPointer(authorityId), crlKey(authorityId, crlNumber));
  }

  /** The bytes of the newest manifest; undefined before the first publication. */
  async manifest(): Promise<{ readonly sha256: string; readonly content: StoredObject } | undefined> {
    const key = await this.store.target(CRL_MANIFEST_POINTER);
    const content = key === undefined ? undefined : await this.store.open(key);
    return content && { content, sha256: key?.replace(/^.*\/|\.json$/g, '') ?? '' };
  }

  /** What the manifest lists. */
  async list(): Promise<readonly CrlDescriptor[]> {
    const manifest = await this.manifest();
    return manifest ? decodeCrlManifest(await readText(manifest.content)).crls : [];
  }

  /** Brings the manifest up to date with the pointers of all authorities, those that it names and those given. */
  async updateManifest(authorityIds: Iterable<string>): Promise<void> {
    const listed = (await this.list()).map(({ authorityId }) => authorityId);
    const all = [...new Set([...listed, ...authorityIds])].sort();
    const found = await Promise.all(all.map((authorityId) => this.find(authorityId)));
    const bytes = encodeCrlManifest({ crls: found.flatMap((crl) => (crl ? [crl.descriptor] : [])) });
    const key = manifestKey(createHash('sha256').update(bytes).digest('hex'));
    if ((await this.store.target(CRL_MANIFEST_POINTER)) === key) return;
    if (!(await this.store.open(key))) await this.#write(key, bytes);
    await this.store.point(CRL_MANIFEST_POINTER, key);
  }

  async #write(key: string, bytes: Uint8Array): Promise<void> {
    const staged = await this.store.stage([bytes]);
    try {
      await staged.publish(key);
    } finally {
      await staged.discard();
    }
  }
}
