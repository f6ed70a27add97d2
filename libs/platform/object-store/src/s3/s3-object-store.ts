import { createHash, randomUUID } from 'node:crypto';
import {
  checkKey,
  checkPrefix,
  type Chunks,
  type ListedObject,
  ObjectError,
  type ObjectStore,
  type StagedObject,
  type StoredObject,
} from '@kakunin/objects';
import { isEqual } from '../is-equal.ts';
import type { S3Location } from '../store-url.ts';
import { Bucket, type WriteCondition } from './bucket.ts';
import { contentHeaders } from './content-headers.ts';
import { uploadInParts } from './multipart-upload.ts';
import { PointerRegister } from './pointer-register.ts';

const STAGING = '.staging/';
/** Before every key and behind every name that begins with a dot. */
const BEFORE_KEYS = '/';
/** What is still staged after a day belongs to a process that died. */
const ABANDONED_AFTER = 24 * 3_600_000;
/** Requests at once when many objects are removed. */
const AT_ONCE = 16;

const ONCE: WriteCondition = { IfNoneMatch: '*' };
const base64 = (sha256: string): string => Buffer.from(sha256, 'hex').toString('base64');

/**
 * A bucket as an object store. A pointer is a copy of its object under the pointer's name, with the object's key in its
 * metadata, so that a CDN in front of the bucket serves it as it is.
 *
 * Everything that becomes visible does so in one PutObject under a condition (If-None-Match for objects, If-Match for
 * pointers): the one conditional write that all S3-speaking servers know. Content that was staged, and what a pointer
 * moves to, streams through this process for that: a condition on a copy within the store is passed over in silence by
 * some servers, and then there is no compare and swap. An object has 5 GB at most, as PutObject takes no more.
 *
 * If-Match compares content: two objects of the same octets are the same to a pointer.
 */
export class S3ObjectStore implements ObjectStore {
  readonly #bucket: Bucket;
  readonly #pointers: PointerRegister;

  private constructor(bucket: Bucket) {
    this.#bucket = bucket;
    this.#pointers = new PointerRegister(bucket);
  }

  /**
   * The bucket must be there. Credentials come from the environment, as in AWS's own tools.
   * @throws ObjectError `store_unavailable`, also when the store takes writes whose conditions do not hold; `store_full`
   */
  static async at(location: S3Location): Promise<S3ObjectStore> {
    const bucket = new Bucket(location);
    await bucket.check();
    await checkConditions(bucket);
    await removeAbandoned(bucket);
    return new S3ObjectStore(bucket);
  }

  async stage(content: Chunks): Promise<StagedObject> {
    const staged = STAGING + randomUUID();
    const { bytes, sha256 } = await uploadInParts(this.#bucket, staged, content);
    return {
      bytes,
      sha256,
      read: (range = { start: 0 }) => this.#bucket.read(staged, range),
      publish: (key) => this.#publish(staged, checkKey(key), { bytes, sha256 }),
      discard: async () => void (await this.#bucket.delete(staged)),
    };
  }

  async put(key: string, octets: Uint8Array): Promise<boolean> {
    const sha256 = createHash('sha256').update(octets).digest('hex');
    const written = await this.#bucket.write({
      key: checkKey(key),
      body: octets,
      bytes: octets.length,
      condition: ONCE,
      ...objectHeaders(key, sha256),
    });
    if (written) return true;
    // Ours, when the answer to a first try was lost, or another's.
    const found = await this.open(key);
    if (!found) throw new ObjectError('object_exists', 'The name of the object is that of a pointer.');
    return isEqual(found, octets);
  }

  async open(key: string): Promise<StoredObject | undefined> {
    const found = await this.#bucket.head(checkKey(key));
    if (!found || targetOf(found) !== undefined) return undefined;
    return {
      bytes: found.ContentLength ?? 0,
      etag: (found.ETag ?? '').replaceAll('"', ''),
      storedAt: found.LastModified?.getTime() ?? 0,
      read: (range = { start: 0 }) => this.#bucket.read(key, range),
    };
  }

  async point(pointer: string, key: string, expected?: string | null): Promise<boolean> {
    checkKey(pointer);
    for (;;) {
      const [object, found] = await Promise.all([this.#bucket.head(checkKey(key)), this.#bucket.head(pointer)]);
      if (!object || targetOf(object) !== undefined) {
        throw new ObjectError('object_missing', 'A pointer can only be moved to an object that is there.');
      }
      const target = found && targetOf(found);
      if (found && target === undefined) {
        throw new ObjectError('object_exists', 'The name of the pointer is that of an object.');
      }
      if (expected !== undefined && (target ?? null) !== expected) return false;
      if (!found) await this.#pointers.add(pointer);
      const moved = await this.#bucket.write({
        key: pointer,
        body: this.#bucket.read(key, { start: 0 }),
        bytes: object.ContentLength ?? 0,
        condition: found ? { IfMatch: found.ETag ?? '' } : ONCE,
        ...contentHeaders(pointer, 'pointer'),
        Metadata: { target: key },
        ...(object.Metadata?.['sha256'] && { ChecksumSHA256: base64(object.Metadata['sha256']) }),
      });
      if (moved) return true;
    }
  }

  async target(pointer: string): Promise<string | undefined> {
    const found = await this.#bucket.head(checkKey(pointer));
    return found && targetOf(found);
  }

  async *list(prefix: string, after = ''): AsyncGenerator<ListedObject> {
    let behind = after > BEFORE_KEYS ? after : BEFORE_KEYS;
    for await (const page of this.#bucket.pages(checkPrefix(prefix), behind)) {
      const last = page.at(-1)?.key ?? behind;
      const pointers = await this.#pointers.between(behind, last);
      behind = last;
      for (const { key, bytes } of page) if (!pointers.has(key)) yield { key, bytes };
    }
  }

  async remove(...keys: readonly string[]): Promise<void> {
    const unwanted = new Set(keys.map(checkKey));
    const pointers = await this.#pointers.all();
    await inParallel(pointers, async (pointer) => {
      const target = await this.target(pointer);
      if (target !== undefined && unwanted.has(target)) {
        throw new ObjectError('object_in_use', 'A pointer stands at an object that was to be removed.');
      }
    });
    for (const pointer of pointers) unwanted.delete(pointer);
    await inParallel([...unwanted], (key) => this.#bucket.delete(key));
  }

  async #publish(staged: string, key: string, { bytes, sha256 }: { bytes: number; sha256: string }): Promise<void> {
    const body = this.#bucket.read(staged, { start: 0 });
    const written = await this.#bucket.write({ key, body, bytes, condition: ONCE, ...objectHeaders(key, sha256) });
    if (written) return;
    throw new ObjectError('object_exists', 'An object of this key is there already; objects are written once.');
  }
}

/** The key that a pointer stands at; undefined for an object. */
const targetOf = (found: { Metadata?: Record<string, string> | undefined }): string | undefined =>
  found.Metadata?.['target'];

/** The store checks what arrives against the SHA-256. */
const objectHeaders = (key: string, sha256: string) => ({
  ...contentHeaders(key, 'object'),
  Metadata: { sha256 },
  ChecksumSHA256: base64(sha256),
});

async function inParallel(keys: readonly string[], work: (key: string) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < keys.length; start += AT_ONCE) {
    await Promise.all(keys.slice(start, start + AT_ONCE).map(work));
  }
}

/** A store that passes over conditions in silence would let each of two writers believe that it was the only one. */
async function checkConditions(bucket: Bucket): Promise<void> {
  const probe = { key: `${STAGING}${randomUUID()}`, body: Buffer.alloc(0), bytes: 0 };
  await bucket.write({ ...probe, condition: ONCE });
  const isWrittenTwice = await bucket.write({ ...probe, condition: ONCE });
  const isReplaced = await bucket.write({ ...probe, condition: { IfMatch: '"0"' } });
  await bucket.delete(probe.key);
  if (!isWrittenTwice && !isReplaced) return;
  throw new ObjectError(
    'store_unavailable',
    'The object store ignores the conditions of PutObject (If-None-Match, If-Match): use one that honours them.',
  );
}

async function removeAbandoned(bucket: Bucket): Promise<void> {
  const now = Date.now();
  for await (const page of bucket.pages(STAGING, '')) {
    const abandoned = page.filter(({ storedAt }) => now - storedAt > ABANDONED_AFTER);
    await inParallel(
      abandoned.map(({ key }) => key),
      (key) => bucket.delete(key),
    );
  }
}
