import { PublicationError } from './publication-error.ts';

/** Bytes in order, in pieces of any size. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Content that lies in the store durably, but that no reader can see yet. */
export interface StagedObject {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Reads back what the storage holds, not what was handed over. */
  read(): AsyncIterable<Uint8Array>;
  /**
   * Makes the content visible under a key, all at once and for ever. When the promise resolves it survives a power cut.
   * @throws PublicationError `object_exists` | `invalid_key` | `store_unavailable`
   */
  publish(key: string): Promise<void>;
  /** Gives up the staged copy; does nothing to a published object. Call it in every case. */
  discard(): Promise<void>;
}

export interface StoredObject {
  readonly bytes: number;
  read(): AsyncIterable<Uint8Array>;
}

/**
 * Where public files lie: objects that are written once and never change, and pointers (`crl/a.crl`) that move
 * atomically from one object to the next. A reader of a pointer sees the old object or the new one, never a mixture
 * and never nothing. Every adapter passes `objectStoreContract` in `@kakunin/testing`.
 */
export interface ObjectStore {
  /** @throws PublicationError `store_unavailable` */
  stage(content: Chunks): Promise<StagedObject>;

  /** @returns undefined when there is no such object; a pointer is not an object. @throws PublicationError `invalid_key` | `store_unavailable` */
  open(key: string): Promise<StoredObject | undefined>;

  /** Moves a pointer to an object. When the promise resolves it survives a power cut. @throws PublicationError `object_missing` | `invalid_key` | `store_unavailable` */
  point(pointer: string, key: string): Promise<void>;

  /** The key that a pointer stands at; undefined when it was never set. @throws PublicationError `invalid_key` | `store_unavailable` */
  target(pointer: string): Promise<string | undefined>;
}

const KEY = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/;

/**
 * Checks the name of an object or pointer: segments of `a-z 0-9 . _ -` that begin with a letter or digit, joined by
 * `/`, 512 characters at most. Such a name is a safe path, URL path and S3 key at once.
 * @throws PublicationError `invalid_key`
 */
export function checkKey(key: string): string {
  if (key.length > 512 || !KEY.test(key)) {
    throw new PublicationError('invalid_key', 'An object key consists of lower-case segments joined by "/".');
  }
  return key;
}
