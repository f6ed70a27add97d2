import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
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
import { asObjectError, undefinedWhenMissing } from './file-errors.ts';
import { DurableDirectories, readFile, syncDirectory } from './files.ts';
import { PointerLink, pointersUnder } from './pointer-link.ts';
import { isEqual } from '../is-equal.ts';
import { stageFile } from './staged-file.ts';
import { walk } from './walk.ts';

/** Hidden, so that a web server in front of the directory does not serve it. */
const STAGING = '.staging';
const VERSIONS = '.pointers';
/** What is still staged after a day belongs to a process that died. */
const ABANDONED_AFTER = 24 * 3_600_000;

/**
 * A directory as an object store: objects are files, pointers are symbolic links, and a plain web server can serve it.
 * Several processes may share it, also over NFS. Staging lies inside, because links do not cross file systems.
 */
export class DirectoryObjectStore implements ObjectStore {
  readonly #directory: string;
  readonly #directories: DurableDirectories;

  private constructor(directory: string) {
    this.#directory = directory;
    this.#directories = new DurableDirectories(directory);
  }

  /** Creates the directory where it is missing. @throws ObjectError `store_unavailable` */
  static async at(directory: string): Promise<DirectoryObjectStore> {
    const staging = join(directory, STAGING);
    await asObjectError(() => mkdir(staging, { recursive: true }));
    await asObjectError(() => removeAbandoned(staging));
    return new DirectoryObjectStore(directory);
  }

  stage(content: Chunks): Promise<StagedObject> {
    const file = join(this.#directory, STAGING, randomUUID());
    return stageFile({ file, root: this.#directory, directories: this.#directories, content });
  }

  async put(key: string, octets: Uint8Array): Promise<boolean> {
    const found = await this.open(key);
    if (found) return this.#isDurably(key, found, octets);
    const staged = await this.stage([octets]);
    try {
      await staged.publish(key);
      return true;
    } catch (error) {
      // Another was faster since; or the name is that of a pointer.
      const written = error instanceof ObjectError && error.code === 'object_exists' ? await this.open(key) : undefined;
      if (!written) throw error;
      return await this.#isDurably(key, written, octets);
    } finally {
      await staged.discard();
    }
  }

  async open(key: string): Promise<StoredObject | undefined> {
    const file = this.#file(key);
    const found = await asObjectError(() => lstat(file).catch(undefinedWhenMissing));
    if (!found) await this.#check();
    if (!found?.isFile()) return undefined;
    const { size, mtimeMs } = found;
    // As nginx makes it, so that both may serve the same directory.
    const etag = `${Math.floor(mtimeMs / 1_000).toString(16)}-${size.toString(16)}`;
    const read: StoredObject['read'] = ({ start, end = size } = { start: 0 }) =>
      readFile(file, { start, end: Math.min(end, size) });
    return { bytes: size, etag, storedAt: mtimeMs, read };
  }

  async point(pointer: string, key: string, expected?: string | null): Promise<boolean> {
    const link = this.#link(pointer);
    if (!(await this.open(key))) {
      throw new ObjectError('object_missing', 'A pointer can only be moved to an object that is there.');
    }
    if (await this.open(pointer))
      throw new ObjectError('object_exists', 'The name of the pointer is that of an object.');
    return asObjectError(async () => {
      for (;;) {
        const last = await link.last();
        if (expected !== undefined && (last.target ?? null) !== expected) return false;
        if (await link.move(last, key)) return true;
      }
    });
  }

  async target(pointer: string): Promise<string | undefined> {
    const link = this.#link(pointer);
    const { target } = await asObjectError(() => link.last());
    if (target === undefined) await this.#check();
    return target;
  }

  async *list(prefix: string, after = ''): AsyncGenerator<ListedObject> {
    await this.#check();
    const names = walk({ root: this.#directory, prefix: checkPrefix(prefix), after });
    for (;;) {
      const { done, value: key } = await asObjectError(() => names.next());
      if (done) return;
      const found = await this.open(key);
      if (found) yield { key, bytes: found.bytes };
    }
  }

  async remove(...keys: readonly string[]): Promise<void> {
    const unwanted = new Set(keys.map(checkKey));
    await asObjectError(async () => {
      for (const target of await this.#targets()) {
        if (target !== undefined && unwanted.has(target))
          throw new ObjectError('object_in_use', 'A pointer stands at an object that was to be removed.');
      }
      for (const key of unwanted) {
        if (await this.open(key)) await rm(this.#file(key), { force: true });
      }
    });
  }

  /** A disk that is no longer mounted must not look like a store without objects. */
  async #check(): Promise<void> {
    await asObjectError(() => lstat(join(this.#directory, STAGING)));
  }

  /** Whoever wrote the object may not have made its name durable yet. */
  async #isDurably(key: string, object: StoredObject, octets: Uint8Array): Promise<boolean> {
    if (!(await isEqual(object, octets))) return false;
    await asObjectError(() => syncDirectory(dirname(this.#file(key))));
    return true;
  }

  async #targets(): Promise<readonly (string | undefined)[]> {
    const pointers = await pointersUnder(join(this.#directory, VERSIONS));
    return Promise.all(pointers.map((pointer) => this.target(pointer)));
  }

  #link(pointer: string): PointerLink {
    return new PointerLink({
      root: this.#directory,
      directories: this.#directories,
      staging: STAGING,
      versions: VERSIONS,
      pointer: checkKey(pointer),
    });
  }

  #file(key: string): string {
    return join(this.#directory, checkKey(key));
  }
}

async function removeAbandoned(staging: string): Promise<void> {
  const now = Date.now();
  for (const name of await readdir(staging)) {
    const file = join(staging, name);
    const found = await lstat(file).catch(undefinedWhenMissing);
    if (found && now - found.mtimeMs > ABANDONED_AFTER) await rm(file, { force: true });
  }
}
