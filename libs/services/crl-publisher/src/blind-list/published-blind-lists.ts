import { createHash } from 'node:crypto';
import { ObjectError, type ObjectStore } from '@kakunin/objects';
import { blindListKey, type BlindListFile, type ListedBlindList, signatureKeyOf } from '@kakunin/publication';
import type { DocumentSigner } from '@kakunin/signing-keys';
import type { PublishedManifest } from '../manifest/published-manifest.ts';
import { readAll } from '../read-all.ts';

export interface PublishedBlindListsOptions {
  readonly store: ObjectStore;
  readonly manifest: PublishedManifest;
  readonly signer: DocumentSigner;
}

/** Blind lists as the public sees them: files that never change, and what the manifest says of them. */
export class PublishedBlindLists {
  readonly #options: PublishedBlindListsOptions;

  constructor(options: PublishedBlindListsOptions) {
    this.#options = options;
  }

  /** What the manifest lists of an authority. */
  async newest(authorityId: string): Promise<ListedBlindList | undefined> {
    const { blindLists = [] } = await this.#options.manifest.read();
    return blindLists.find((list) => list.authorityId === authorityId);
  }

  /** The files of a list, the full one first; undefined when one is gone or altered: then a new full list is due. */
  async files({ full, deltas }: ListedBlindList): Promise<readonly Uint8Array[] | undefined> {
    const files: Uint8Array[] = [];
    for (const { url, sha256 } of [full, ...deltas]) {
      const content = await this.#options.store.open(url.slice(1));
      const octets = content && (await readAll(content));
      if (!octets || sha256Of(octets) !== sha256) return undefined;
      files.push(octets);
    }
    return files;
  }

  /** The lowest number above those of the manifest under which nothing lies: a publisher that died may have left a file. */
  async freeNumber(authorityId: string, list: ListedBlindList | undefined): Promise<number> {
    const last = list?.deltas.at(-1) ?? list?.full;
    for (let number = (last?.number ?? 0) + 1; ; number += 1) {
      const keys = (['full', 'delta'] as const).map((kind) => blindListKey(authorityId, number, kind));
      const found = await Promise.all(
        keys.flatMap((key) => [key, signatureKeyOf(key)]).map((key) => this.#options.store.open(key)),
      );
      if (found.every((object) => object === undefined)) return number;
    }
  }

  /** Lays a file and its signature down; nothing names them yet. @throws ObjectError */
  async lay(key: string, number: number, octets: Uint8Array): Promise<BlindListFile> {
    const { signer } = this.#options;
    await this.#put(signatureKeyOf(key), signer.sign(octets));
    await this.#put(key, octets);
    return { number, url: `/${key}`, bytes: octets.length, sha256: sha256Of(octets) };
  }

  /** Puts a list into the manifest, in place of the one before. */
  async show(list: ListedBlindList): Promise<void> {
    await this.#options.manifest.revise(async (manifest) => {
      const others = (manifest.blindLists ?? []).filter(({ authorityId }) => authorityId !== list.authorityId);
      return { ...manifest, blindLists: [...others, list].sort(byAuthority) };
    });
  }

  async #put(key: string, octets: Uint8Array): Promise<void> {
    if (await this.#options.store.put(key, octets)) return;
    throw new ObjectError('object_exists', 'Another blind list of this number is published already.');
  }
}

const sha256Of = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
const byAuthority = (one: ListedBlindList, other: ListedBlindList): number =>
  one.authorityId < other.authorityId ? -1 : 1;
