import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from './file-version.ts';

/**
 * Names of the folders in a directory, sorted, without those that begin with a dot: Kubernetes keeps the versions of a
 * mounted secret in them, and leads there by links. None when there is no such directory.
 * @param known what to go on with while the directory cannot be read: trouble must not take away what is in use
 */
export async function foldersIn(directory: string, known: Iterable<string>): Promise<readonly string[]> {
  try {
    const names = (await readdir(directory)).filter((name) => !name.startsWith('.')).toSorted();
    const found = await Promise.all(names.map((name) => isFolder(join(directory, name))));
    return names.filter((_, index) => found[index]);
  } catch (error) {
    return isMissing(error) ? [] : [...known];
  }
}

/** Where a link leads counts; one that leads nowhere is none. */
const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
