import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OctetRange } from '@kakunin/objects';

/** Makes the names in a directory durable: a new file survives a power cut only when its directory was synced too. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a directory and those above it, up to a root that is there, all durably. */
export async function createDirectory(directory: string, root: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (let parent = directory; parent !== root && parent !== dirname(parent); parent = dirname(parent)) {
    await syncDirectory(dirname(parent));
  }
}

const CHUNK_SIZE = 256 * 1024;

/** The octets of a file; it is opened by whoever begins to read, so that an answer without a reader holds nothing open. */
export async function* readFile(file: string, { start, end = Infinity }: OctetRange): AsyncGenerator<Uint8Array> {
  if (end <= start) return;
  yield* createReadStream(file, { highWaterMark: CHUNK_SIZE, start, end: end - 1 });
}
