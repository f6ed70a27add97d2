import { createHash } from 'node:crypto';
import {
  checkKey,
  checkPrefix,
  type Chunks,
  type ListedObject,
  ObjectError,
  type ObjectStore,
  type OctetRange,
  type StagedObject,
  type StoredObject,
} from '@kakunin/objects';

/** An `ObjectStore` that forgets everything with its process. */
export class InMemoryObjectStore implements ObjectStore {
  /** While true, everything fails as when the storage is away. */
  isAway = false;
  readonly #objects = new Map<string, { readonly octets: Buffer; readonly storedAt: number }>();
  readonly #pointers = new Map<string, string>();

  async stage(content: Chunks): Promise<StagedObject> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    this.#reach();
    const octets = Buffer.concat(chunks);
    let isStaged = true;
    return {
      bytes: octets.length,
      sha256: createHash('sha256').update(octets).digest('hex'),
      read: (range) => this.#read(octets, range),
      publish: async (key) => {
        checkKey(key);
        if (!isStaged) throw new ObjectError('store_unavailable', 'What was discarded cannot be published.');
        if (!this.#write(key, octets))
          throw new ObjectError('object_exists', 'An object of this key is there already.');
      },
      discard: async () => void (isStaged = false),
    };
  }

  async put(key: string, octets: Uint8Array): Promise<boolean> {
    if (this.#pointers.has(checkKey(key))) throw new ObjectError('object_exists', 'The name is that of a pointer.');
    return this.#write(key, Buffer.from(octets)) || this.#objects.get(key)?.octets.equals(octets) === true;
  }

  async open(key: string): Promise<StoredObject | undefined> {
    this.#reach();
    const found = this.#objects.get(checkKey(key));
    if (!found) return undefined;
    const { octets, storedAt } = found;
    const etag = createHash('md5').update(octets).digest('hex');
    return { bytes: octets.length, etag, storedAt, read: (range) => this.#read(octets, range) };
  }

  async point(pointer: string, key: string, expected?: string | null): Promise<boolean> {
    this.#reach();
    checkKey(pointer);
    if (!this.#objects.has(checkKey(key))) throw new ObjectError('object_missing', 'There is no such object.');
    if (this.#objects.has(pointer)) throw new ObjectError('object_exists', 'The name is that of an object.');
    if (expected !== undefined && (this.#pointers.get(pointer) ?? null) !== expected) return false;
    this.#pointers.set(pointer, key);
    return true;
  }

  async target(pointer: string): Promise<string | undefined> {
    this.#reach();
    return this.#pointers.get(checkKey(pointer));
  }

  async *list(prefix: string, after = ''): AsyncGenerator<ListedObject> {
    this.#reach();
    checkPrefix(prefix);
    for (const key of [...this.#objects.keys()].sort()) {
      const bytes = this.#objects.get(key)?.octets.length;
      if (bytes !== undefined && key.startsWith(prefix) && key > after) yield { key, bytes };
    }
  }

  async remove(...keys: readonly string[]): Promise<void> {
    this.#reach();
    const targets = new Set(this.#pointers.values());
    if (keys.map(checkKey).some((key) => targets.has(key))) {
      throw new ObjectError('object_in_use', 'A pointer stands at an object that was to be removed.');
    }
    for (const key of keys) this.#objects.delete(key);
  }

  #write(key: string, octets: Buffer): boolean {
    this.#reach();
    if (this.#objects.has(key) || this.#pointers.has(key)) return false;
    this.#objects.set(key, { octets, storedAt: Date.now() });
    return true;
  }

  async *#read(octets: Buffer, { start, end }: OctetRange = { start: 0 }): AsyncGenerator<Uint8Array> {
    this.#reach();
    yield octets.subarray(start, Math.max(start, end ?? octets.length));
  }

  #reach(): void {
    if (this.isAway) throw new ObjectError('store_unavailable', 'The object store refuses (test): check the test.');
  }
}
