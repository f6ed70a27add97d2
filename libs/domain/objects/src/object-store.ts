/** Octets in order, in pieces of any size. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Octets `start` to before `end`, as in `Uint8Array.slice`: what lies behind the last octet is not there, and no error. */
export interface OctetRange {
  readonly start: number;
  /** Default: to the last octet. */
  readonly end?: number;
}

/** Content that lies in the store durably, but that no reader can see yet. */
export interface StagedObject {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Reads back what the storage holds, not what was handed over. */
  read(range?: OctetRange): AsyncIterable<Uint8Array>;
  /**
   * Makes the content visible under a key, all at once and for ever. When the promise resolves it survives a power cut.
   * @throws ObjectError `object_exists` | `invalid_key` | `store_full` | `store_unavailable`
   */
  publish(key: string): Promise<void>;
  /** Gives up the staged copy; does nothing to a published object. Call it in every case. */
  discard(): Promise<void>;
}

export interface StoredObject {
  readonly bytes: number;
  /** Opaque, without quotes; the storage's own tag for what lies under the key. A caller that knows the SHA-256 has a better one. */
  readonly etag: string;
  /** When it was written, by the storage's clock; epoch milliseconds. */
  readonly storedAt: number;
  /** Opens the storage when the first piece is asked for. @throws ObjectError `store_unavailable` */
  read(range?: OctetRange): AsyncIterable<Uint8Array>;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
}

/**
 * Objects that are written once and never change, and pointers (`crl/a.crl`) that move atomically from one object to
 * the next. A reader of a pointer sees the old object or the new one, never a mixture and never nothing. Several
 * processes may share a store. Every method checks its keys (`invalid_key`) and throws `store_unavailable` when the
 * storage does. Every adapter passes `objectStoreContract` in `@kakunin/testing`.
 */
export interface ObjectStore {
  /** For content of any size, in bounded memory. @throws ObjectError `store_full` */
  stage(content: Chunks): Promise<StagedObject>;

  /**
   * For small content: writes an object at once and durably, unless there is one.
   * @returns whether exactly these octets lie under the key now, whoever wrote them
   * @throws ObjectError `store_full`
   */
  put(key: string, octets: Uint8Array): Promise<boolean>;

  /** @returns undefined when there is no such object; a pointer is not an object. */
  open(key: string): Promise<StoredObject | undefined>;

  /**
   * Moves a pointer to an object: compare and swap, also between processes, one of which may have been stopped anywhere.
   * When the promise resolves to true the move survives a power cut. After an error it may have happened or not.
   * @param expected the key that the pointer must stand at; null: it must not exist yet; absent: whatever it is
   * @returns false, and nothing has moved, when the pointer stands elsewhere
   * @throws ObjectError `object_missing`; `object_exists` when the pointer's name is that of an object; `store_full`
   */
  point(pointer: string, key: string, expected?: string | null): Promise<boolean>;

  /** The key that a pointer stands at; undefined when it was never set. */
  target(pointer: string): Promise<string | undefined>;

  /**
   * The objects (no pointers) whose keys begin with `prefix`, in the order of their keys. What is written or removed
   * meanwhile may be among them or not.
   * @param after only keys behind this one: the last key of a page that was read before
   */
  list(prefix: string, after?: string): AsyncIterable<ListedObject>;

  /**
   * Forgets objects that nobody needs any more (retention); passes over those that are gone. It looks at every pointer once
   * a call, so give many keys at a time. The caller sees to it that no pointer is moved to one of them meanwhile.
   * @throws ObjectError `object_in_use` when a pointer stands at one; then none is removed
   */
  remove(...keys: readonly string[]): Promise<void>;
}
