import { constants, createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setInterval } from 'node:timers';
import { CrlSyncError } from './crl-sync-error.ts';
import type { CrlPart, CrlStore, StoredCrl } from './types.ts';

const LOCK = '.sync.lock';
/** A run says that it lives this often; milliseconds. */
const ALIVE = 10_000;
/** Silent for so long it has died. */
const DEAD = 60_000;

/** CRLs as files of a directory, which is made where it is missing. What is half downloaded lies beside them, hidden. */
export function crlDirectory(directory: string): CrlStore {
  return {
    open: (name) => opened(join(directory, name)),
    part: (name, version) => partOf(join(directory, name), version.slice(0, 24)),
    lock: () => lock(directory),
  };
}

async function opened(file: string): Promise<StoredCrl | undefined> {
  const found = await stat(file).catch(undefinedWhenMissing);
  return found && { bytes: found.size, read: () => createReadStream(file) };
}

async function partOf(file: string, version: string): Promise<CrlPart> {
  const folder = dirname(file);
  const own = `.${basename(file)}.${version}.part`;
  await mkdir(folder, { recursive: true });
  // Parts of other versions lead nowhere any more.
  for (const name of await readdir(folder)) {
    const isOlder = name.startsWith(`.${basename(file)}.`) && name.endsWith('.part') && name !== own;
    if (isOlder) await rm(join(folder, name), { force: true });
  }
  const path = join(folder, own);
  let bytes = (await stat(path).catch(undefinedWhenMissing))?.size ?? 0;
  return {
    get bytes() {
      return bytes;
    },
    read: () => createReadStream(path),
    append: async (octets) => {
      bytes += await appendTo(path, octets);
    },
    commit: async () => {
      await rename(path, file);
      await syncFolder(folder);
    },
    remove: () => rm(path, { force: true }),
  };
}

/** @returns how many octets; durable, also when the octets end with an error */
async function appendTo(path: string, octets: AsyncIterable<Uint8Array>): Promise<number> {
  const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o644);
  let bytes = 0;
  try {
    for await (const piece of octets) {
      await handle.writeFile(piece);
      bytes += piece.length;
    }
    return bytes;
  } finally {
    await handle.sync();
    await handle.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

async function lock(directory: string): Promise<{ release(): Promise<void> }> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, LOCK);
  const handle = (await taken(file)) ?? ((await removeDead(file)) ? await taken(file) : undefined);
  if (!handle) throw new CrlSyncError('busy', 'Another run is bringing this directory up to date.');
  await handle.writeFile(`${hostname()} ${process.pid}\n`);
  const alive = setInterval(() => void handle.utimes(new Date(), new Date()).catch(() => undefined), ALIVE);
  alive.unref();
  return {
    release: async () => {
      clearInterval(alive);
      await handle.close();
      await rm(file, { force: true });
    },
  };
}

const taken = (file: string) =>
  open(file, 'wx').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return undefined;
    throw error;
  });

/** @returns whether the lock was that of a run that has died; of two that find it, one removes it */
async function removeDead(file: string): Promise<boolean> {
  const found = await stat(file).catch(undefinedWhenMissing);
  if (!found || Date.now() - found.mtimeMs < DEAD) return false;
  const aside = `${file}.${process.pid}`;
  await rename(file, aside).catch(undefinedWhenMissing);
  await rm(aside, { force: true });
  return true;
}

function undefinedWhenMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
