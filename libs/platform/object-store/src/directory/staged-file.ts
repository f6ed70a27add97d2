import { createHash } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkKey, type Chunks, ObjectError, type StagedObject } from '@kakunin/objects';
import { asObjectError, isFileError } from './file-errors.ts';
import { type DurableDirectories, readFile } from './files.ts';

interface StageInput {
  readonly file: string;
  readonly root: string;
  readonly directories: DurableDirectories;
  readonly content: Chunks;
}

/** Writes and syncs a file that has no public name yet. */
export async function stageFile({ file, root, directories, content }: StageInput): Promise<StagedObject> {
  try {
    const { bytes, sha256 } = await write(file, content);
    return {
      bytes,
      sha256,
      read: ({ start, end = bytes } = { start: 0 }) => readFile(file, { start, end: Math.min(end, bytes) }),
      publish: (key) => publish(file, join(root, checkKey(key)), directories),
      discard: () => asObjectError(() => rm(file, { force: true })),
    };
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

async function write(file: string, content: Chunks): Promise<{ bytes: number; sha256: string }> {
  const handle = await asObjectError(() => open(file, 'wx', 0o644));
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of content) {
      hash.update(chunk);
      bytes += chunk.length;
      await asObjectError(() => handle.writeFile(chunk));
    }
    await asObjectError(() => handle.sync());
    return { bytes, sha256: hash.digest('hex') };
  } finally {
    await handle.close();
  }
}

/** A hard link appears all at once and never replaces a file that is there. */
async function publish(file: string, target: string, directories: DurableDirectories): Promise<void> {
  const directory = dirname(target);
  await asObjectError(async () => {
    await directories.create(directory);
    await link(file, target).catch((error: unknown) => {
      if (!isFileError(error, 'EEXIST')) throw error;
      throw new ObjectError('object_exists', 'An object of this key is there already; objects are written once.');
    });
    await directories.sync(directory);
  });
}
