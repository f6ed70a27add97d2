import { type FileHandle, mkdir, open } from 'node:fs/promises';
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

const ignore = (): void => undefined;

/** So many directories are known to be durable, at most; then all are synced once more. */
const KNOWN_DIRECTORIES = 10_000;

/** The directories below a root that is there. */
export class DurableDirectories {
  readonly #root: string;
  /** Whoever made one may not have synced it yet: each process does so once. */
  readonly #synced = new Set<string>();
  /** Syncs that have not begun, by directory: whoever comes meanwhile waits for the same. */
  readonly #waiting = new Map<string, Promise<void>>();
  readonly #syncing = new Map<string, Promise<void>>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Makes the names durable that are in a directory now, as {@link syncDirectory}; at most one at a time, for whoever asked before it began. */
  sync(directory: string): Promise<void> {
    const waiting = this.#waiting.get(directory);
    if (waiting) return waiting;
    const before = this.#syncing.get(directory) ?? Promise.resolve();
    const next = before.then(ignore, ignore).then(() => {
      this.#waiting.delete(directory);
      this.#syncing.set(directory, next);
      return syncDirectory(directory);
    });
    this.#waiting.set(directory, next);
    const forget = (): void => {
      if (this.#syncing.get(directory) === next) this.#syncing.delete(directory);
    };
    next.then(forget, forget);
    return next;
  }

  /** Creates a directory and those above it, all durably. */
  async create(directory: string): Promise<void> {
    const created = await mkdir(directory, { recursive: true });
    if (created === undefined && this.#synced.has(directory)) return;
    for (let parent = directory; parent !== this.#root && parent !== dirname(parent); parent = dirname(parent)) {
      await this.sync(dirname(parent));
    }
    if (this.#synced.size >= KNOWN_DIRECTORIES) this.#synced.clear();
    this.#synced.add(directory);
  }
}

/** Twice as much is no faster, and what waits to be collected grows with it: by 50 MB where two CRLs are compared. */
const CHUNK_SIZE = 128 * 1024;

/**
 * The octets of a file; it is opened by whoever begins to read, so that an answer without a reader holds nothing open. Beside a
 * stream of Node's, which takes as long to set up as a small file to read: the next piece is read while one is used.
 * @param range whose end lies in the file
 */
export async function* readFile(file: string, { start, end }: Required<OctetRange>): AsyncGenerator<Uint8Array> {
  if (end <= start) return;
  const handle = await open(file, 'r');
  let next = readPiece(handle, start, end);
  try {
    for (let at = start; at < end;) {
      const piece = await next;
      at += piece.length;
      if (piece.length === 0) return;
      if (at < end) next = readPiece(handle, at, end);
      yield piece;
    }
  } finally {
    await next.catch(() => undefined);
    await handle.close();
  }
}

async function readPiece(handle: FileHandle, at: number, end: number): Promise<Uint8Array> {
  const piece = Buffer.allocUnsafeSlow(Math.min(CHUNK_SIZE, end - at));
  const { bytesRead } = await handle.read(piece, 0, piece.length, at);
  return piece.subarray(0, bytesRead);
}
