import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

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
