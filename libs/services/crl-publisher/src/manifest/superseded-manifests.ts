import type { Clock } from '@kakunin/calendar';
import type { ObjectStore } from '@kakunin/objects';
import { CRL_MANIFEST_POINTER, CRL_MANIFEST_SIGNATURE_POINTER } from '@kakunin/publication';

/** Whoever holds a manifest comes for its signature at once. Milliseconds. */
const KEPT = 3_600_000;
/** Manifests that are removed at a time: the store looks at every pointer once for them. */
const BATCH = 1_000;
const FOLDER = 'crl/manifests/';
const MANIFEST = /^[0-9a-f]{64}\.json(\.sig)?$/;

/**
 * Takes away manifests an hour after they were written, and their signatures. A nation's has two megabytes, and each revocation
 * brings a new one; what was published when is told by archive records, not by these.
 */
export class SupersededManifests {
  readonly #store: ObjectStore;
  readonly #clock: Clock;

  constructor(store: ObjectStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** @throws ObjectError `object_in_use` when another publisher makes one of them the newest again just now: worth another try */
  async remove(): Promise<void> {
    const newest = new Set<string | undefined>();
    for (const pointer of [CRL_MANIFEST_POINTER, CRL_MANIFEST_SIGNATURE_POINTER])
      newest.add((await this.#store.target(pointer))?.replace(/\.sig$/, ''));
    const old: string[] = [];
    for await (const { key } of this.#store.list(FOLDER)) {
      if (!MANIFEST.test(key.slice(FOLDER.length)) || newest.has(key.replace(/\.sig$/, ''))) continue;
      if (await this.#isOld(key)) old.push(key);
      if (old.length >= BATCH) await this.#store.remove(...old.splice(0));
    }
    if (old.length > 0) await this.#store.remove(...old);
  }

  async #isOld(key: string): Promise<boolean> {
    const found = await this.#store.open(key);
    return found !== undefined && found.storedAt < this.#clock.now() - KEPT;
  }
}
