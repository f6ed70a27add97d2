import { hash } from 'node:crypto';
import type { ObjectStore } from '@kakunin/objects';
import { CHECKPOINT_PATH } from './ledger-store.ts';
import type { LedgerStore } from './ledger-store.ts';

/**
 * The files of a ledger as objects below `prefix`: in a directory they are plain files at their paths, for any web
 * server. `checkpoint` is a pointer to one of the objects `checkpoints/<SHA-256>`. Those stay, as all objects do.
 */
export class ObjectLedgerStore implements LedgerStore {
  readonly #objects: ObjectStore;
  readonly #prefix: string;

  /** @param prefix of the keys, without a slash at its end; one ledger each */
  constructor(objects: ObjectStore, prefix: string) {
    this.#objects = objects;
    this.#prefix = prefix;
  }

  /** @throws ObjectError `store_unavailable`, `invalid_key` */
  async read(path: string): Promise<Uint8Array | undefined> {
    const key = path === CHECKPOINT_PATH ? await this.#objects.target(this.#key(path)) : this.#key(path);
    const object = key === undefined ? undefined : await this.#objects.open(key);
    if (!object) return undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of object.read()) chunks.push(chunk);
    return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
  }

  /** @throws ObjectError `store_unavailable`, `store_full`, `invalid_key` */
  writeImmutable(path: string, octets: Uint8Array): Promise<boolean> {
    return this.#objects.put(this.#key(path), octets);
  }

  /** @throws ObjectError `store_unavailable`, `store_full` */
  async replaceCheckpoint(octets: Uint8Array, expected: Uint8Array | undefined): Promise<boolean> {
    const key = this.#checkpointKey(octets);
    await this.#objects.put(key, octets);
    return this.#objects.point(this.#key(CHECKPOINT_PATH), key, expected ? this.#checkpointKey(expected) : null);
  }

  #checkpointKey(octets: Uint8Array): string {
    return this.#key(`checkpoints/${hash('sha256', octets)}`);
  }

  #key(path: string): string {
    return `${this.#prefix}/${path}`;
  }
}
