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

/** So many directories are known to be durable, at most; then all are synced once more. */
const KNOWN_DIRECTORIES = 10_000;

/** The directories below a root that is there. */
export class DurableDirectories {
  readonly #root: string;
  /** Whoever made one may not have synced it yet: each process does so once. */
  readonly #synced = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Creates a directory and those above it, all durably. */
  async create(directory: string): Promise<void> {
    const created = await mkdir(directory, { recursive: true });
    if (created === undefined && this.#synced.has(directory)) return;
    for (let parent = directory; parent !== this.#root && parent !== dirname(parent); parent = dirname(parent)) {
      await syncDirectory(dirname(parent));
    }
    if (this.#synced.size >= KNOWN_DIRECTORIES) this.#synced.clear();
    this.#synced.add(directory);
  }
}

/** Twice as much is no faster, and what waits to be collected grows with it: by 50 MB where two CRLs are compared. */
const CHUNK_SIZE = 128 * 1024;

/** The octets of a file; it is opened by whoever begins to read, so that an answer without a reader holds nothing open. */
export async function* readFile(file: string, { start, end = Infinity }: OctetRange): AsyncGenerator<Uint8Array> {
  if (end <= start) return;
  yield* createReadStream(file, { highWaterMark: CHUNK_SIZE, start, end: end - 1 });
}
