import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DIGEST_KEY_OCTETS } from './digest-key.ts';
import type { DigestKey } from './digest-key.ts';

const KEY_FILE = /^(\d{4})\.key$/;

export const keyPath = (directory: string, year: string): string => join(directory, `${year}.key`);

/** The keys of a directory, by year; none when there is no such directory. @throws RangeError when one is no key */
export async function readDigestKeys(directory: string): Promise<readonly DigestKey[]> {
  const names = await readdir(directory).catch(absent);
  const years = (names ?? []).flatMap((name) => KEY_FILE.exec(name)?.[1] ?? []).sort();
  const keys: DigestKey[] = [];
  for (const year of years) {
    const path = keyPath(directory, year);
    // Another responder may be destroying it.
    const octets = await readFile(path).catch(absent);
    if (!octets) continue;
    if (octets.length !== DIGEST_KEY_OCTETS) throw new RangeError(`${path} must have ${DIGEST_KEY_OCTETS} octets.`);
    keys.push({ year, octets: Uint8Array.from(octets) });
  }
  return keys;
}

/**
 * Makes the key of a year (mode 0600), whole or not at all, and durable.
 * @param octets default: random ones
 * @returns false when there is one already, which stays
 */
export async function createDigestKey(
  directory: string,
  year: string,
  octets: Uint8Array = randomBytes(DIGEST_KEY_OCTETS),
): Promise<boolean> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const temporary = join(directory, `.${year}.${randomUUID()}`);
  try {
    await writeDurably(temporary, octets, 'wx');
    await link(temporary, keyPath(directory, year));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
    await syncDirectory(directory);
  }
}

/** When the key of a year was made, epoch ms; undefined when there is none. */
export async function madeAt(directory: string, year: string): Promise<number | undefined> {
  return (await stat(keyPath(directory, year)).catch(absent))?.mtimeMs;
}

/**
 * Overwrites the key of a year, removes its file, and syncs both. Copies elsewhere, and what a disk keeps of overwritten
 * blocks, are the operator's affair.
 */
export async function destroyDigestKey(directory: string, year: string): Promise<void> {
  const path = keyPath(directory, year);
  await writeDurably(path, randomBytes(DIGEST_KEY_OCTETS), 'r+');
  await rm(path, { force: true });
  await syncDirectory(directory);
}

async function writeDurably(path: string, octets: Uint8Array, flags: string): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await file.writeFile(octets);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
