import { lstat, mkdir, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join, posix, relative } from 'node:path';
import {
  checkKey,
  type Chunks,
  type ObjectStore,
  PublicationError,
  type StagedObject,
  type StoredObject,
} from '@kakunin/publication';
import { readFile, syncDirectory } from './files.ts';
import { isFileError, storeUnavailable } from './file-errors.ts';
import { stageFile } from './staged-file.ts';

/** Hidden, so that a web server in front of the directory does not serve it. */
const STAGING = '.staging';
/** What is still staged after a day belongs to a process that died. */
const ABANDONED_AFTER = 24 * 3_600_000;

/**
 * A directory as an object store: objects are files, pointers are symbolic links, and a plain web server can serve it.
 * Several processes may share it. Staging lies inside, because links do not cross file systems.
 */
export class DirectoryObjectStore implements ObjectStore {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Creates the directory where it is missing. @throws PublicationError `store_unavailable` */
  static async at(directory: string): Promise<DirectoryObjectStore> {
    const staging = join(directory, STAGING);
    await storeUnavailable(() => mkdir(staging, { recursive: true }));
    await storeUnavailable(() => removeAbandoned(staging));
    return new DirectoryObjectStore(directory);
  }

  stage(content: Chunks): Promise<StagedObject> {
    return stageFile({ file: this.#stagingFile(), root: this.#directory, content });
  }

  async open(key: string): Promise<StoredObject | undefined> {
    const file = this.#file(key);
    const bytes = await sizeOfObject(file);
    return bytes === undefined ? undefined : { bytes, read: () => readFile(file) };
  }

  async point(pointer: string, key: string): Promise<void> {
    const link = this.#file(pointer);
    const file = this.#file(key);
    if ((await sizeOfObject(file)) === undefined) {
      throw new PublicationError('object_missing', 'A pointer can only be moved to an object that is there.');
    }
    const staged = this.#stagingFile();
    await storeUnavailable(async () => {
      await symlink(relative(dirname(link), file), staged);
      await rename(staged, link);
      await syncDirectory(dirname(link));
    });
  }

  async target(pointer: string): Promise<string | undefined> {
    const link = this.#file(pointer);
    const target = await storeUnavailable(() => readlink(link).catch(undefinedWhenMissing));
    return target === undefined ? undefined : checkKey(posix.join(posix.dirname(pointer), target));
  }

  #file(key: string): string {
    return join(this.#directory, checkKey(key));
  }

  #stagingFile(): string {
    return join(this.#directory, STAGING, randomUUID());
  }
}

function undefinedWhenMissing(error: unknown): undefined {
  if (isFileError(error, 'ENOENT', 'ENOTDIR')) return undefined;
  throw error;
}

const sizeOfObject = (file: string): Promise<number | undefined> =>
  storeUnavailable(async () => {
    const found = await lstat(file).catch(undefinedWhenMissing);
    return found?.isFile() ? found.size : undefined;
  });

async function removeAbandoned(staging: string): Promise<void> {
  const now = Date.now();
  for (const name of await readdir(staging)) {
    const file = join(staging, name);
    const found = await stat(file).catch(undefinedWhenMissing);
    if (found && now - found.mtimeMs > ABANDONED_AFTER) await rm(file, { force: true });
  }
}
