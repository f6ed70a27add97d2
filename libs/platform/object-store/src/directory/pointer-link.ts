import { randomUUID } from 'node:crypto';
import { lstat, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, posix, relative } from 'node:path';
import { isFileError, undefinedWhenMissing } from './file-errors.ts';
import type { DurableDirectories } from './files.ts';

/** Where a pointer stood or stands. */
interface Version {
  readonly number: number;
  /** The link to turn when the next version comes. */
  readonly link: string;
  /** Key of an object; undefined before the pointer was first set. */
  readonly target: string | undefined;
}

interface PointerLinkInput {
  readonly root: string;
  readonly directories: DurableDirectories;
  /** Folder, within the root, of links that are being made. */
  readonly staging: string;
  /** Folder, within the root, of the versions of all pointers. */
  readonly versions: string;
  readonly pointer: string;
}

/** For so long a process may be stopped in the middle of a move and still do no harm when it goes on. Milliseconds. */
const SUPERSEDED_KEPT = 24 * 3_600_000;
/** Superseded versions are looked for once in so many moves. */
const CLEANING_INTERVAL = 64;

/**
 * A pointer that moves by compare and swap with nothing but symbolic links, so that no lock can be left behind, and a
 * stopped process blocks nobody:
 * ```
 * crl/a.crl              → .pointers/crl/a.crl/7      for readers
 * .pointers/crl/a.crl/6  → 7                          superseded
 * .pointers/crl/a.crl/7  → crl/a/12.crl               the last version
 * ```
 * 1. Whoever creates version 8 has won: a name can be created once.
 * 2. Link 7 is turned to 8: from here on readers see it. Repeated, however late, this turns nothing back.
 * 3. The readers' link is turned to 8, to spare them the way. Turned late, to an older version, it still leads to the last one.
 *
 * Whoever finds that another died between 1 and 2 takes step 2 for it. All names here are relative to the root.
 */
export class PointerLink {
  readonly #input: PointerLinkInput;
  readonly #folder: string;

  constructor(input: PointerLinkInput) {
    this.#input = input;
    this.#folder = posix.join(input.versions, input.pointer);
  }

  /** The last version; finishes a move that another began. */
  async last(): Promise<Version> {
    let number = 0;
    let link = this.#input.pointer;
    for (;;) {
      const target = await this.#follow(link);
      if (target !== undefined && posix.dirname(target) === this.#folder) {
        number = Number(posix.basename(target));
        link = target;
      } else if (await this.#isThere(this.#version(number + 1))) {
        await this.#turn(link, number + 1);
      } else {
        return { number, link, target };
      }
    }
  }

  /** Makes `key` the version after `last`; false when there is one already. */
  async move(last: Version, key: string): Promise<boolean> {
    const { root, directories, pointer } = this.#input;
    const folder = join(root, this.#folder);
    const number = last.number + 1;
    await directories.create(folder);
    try {
      await symlink(relative(folder, join(root, key)), join(root, this.#version(number)));
    } catch (error) {
      if (isFileError(error, 'EEXIST')) return false;
      throw error;
    }
    await directories.sync(folder);
    await directories.create(dirname(join(root, pointer)));
    await this.#turn(last.link, number);
    if (last.link !== pointer) await this.#turn(pointer, number);
    await directories.sync(folder);
    await directories.sync(dirname(join(root, pointer)));
    if (number % CLEANING_INTERVAL === 0) await this.#clean(number);
    return true;
  }

  #version(number: number): string {
    return posix.join(this.#folder, String(number));
  }

  async #isThere(name: string): Promise<boolean> {
    return (await lstat(join(this.#input.root, name)).catch(undefinedWhenMissing)) !== undefined;
  }

  /** What a link stands at. */
  async #follow(link: string): Promise<string | undefined> {
    const target = await readlink(join(this.#input.root, link)).catch(undefinedWhenMissing);
    return target === undefined ? undefined : posix.join(posix.dirname(link), target);
  }

  async #turn(link: string, number: number): Promise<void> {
    const { root, staging } = this.#input;
    const made = join(root, staging, randomUUID());
    await symlink(relative(dirname(join(root, link)), join(root, this.#version(number))), made);
    await rename(made, join(root, link));
  }

  async #clean(last: number): Promise<void> {
    const folder = join(this.#input.root, this.#folder);
    for (const name of await readdir(folder)) {
      const found = await lstat(join(folder, name)).catch(undefinedWhenMissing);
      const isOld = found && Date.now() - found.mtimeMs > SUPERSEDED_KEPT;
      if (isOld && Number(name) < last) await rm(join(folder, name), { force: true });
    }
  }
}

/** The pointers whose versions lie in a folder. */
export async function pointersUnder(versions: string): Promise<readonly string[]> {
  const found = (await readdir(versions, { recursive: true, withFileTypes: true }).catch(undefinedWhenMissing)) ?? [];
  const links = found.filter((one) => one.isSymbolicLink());
  return [...new Set(links.map(({ parentPath }) => relative(versions, parentPath)))];
}
