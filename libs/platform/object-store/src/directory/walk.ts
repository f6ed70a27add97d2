import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { undefinedWhenMissing } from './file-errors.ts';

export interface WalkInput {
  readonly root: string;
  /** Only names that begin so, relative to the root. */
  readonly prefix: string;
  /** Only names behind this one. */
  readonly after: string;
}

interface Entry {
  readonly name: string;
  readonly isFile: boolean;
  readonly isDirectory: boolean;
}

/** Whether some name that begins with `folder` can begin with `prefix` and come after `after`. */
const mayHold = (folder: string, { prefix, after }: WalkInput): boolean =>
  (folder.startsWith(prefix) || prefix.startsWith(folder)) && (folder > after || after.startsWith(folder));

/**
 * Names of plain files under a root, in order; hidden ones are left out. A folder is ordered with its slash, as in its
 * files' names. Holds the names of one folder a level in memory.
 */
export async function* walk(input: WalkInput, folder = ''): AsyncGenerator<string> {
  const found = (await readdir(join(input.root, folder), { withFileTypes: true }).catch(undefinedWhenMissing)) ?? [];
  const entries = found
    .filter(({ name }) => !name.startsWith('.'))
    .map((one): Entry => {
      const isDirectory = one.isDirectory();
      return { name: `${folder}${one.name}${isDirectory ? '/' : ''}`, isDirectory, isFile: one.isFile() };
    });
  for (const { name, isDirectory, isFile } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (isDirectory && mayHold(name, input)) yield* walk(input, name);
    if (isFile && name.startsWith(input.prefix) && name > input.after) yield name;
  }
}
