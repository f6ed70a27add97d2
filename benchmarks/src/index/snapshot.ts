import { StatusIndex } from '@kakunin/status-index';
import type { StatusIndexOptions } from '@kakunin/status-index';
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

/** Wall-clock seconds to write these chunks to a file, and to sync it. */
export function writeSeconds(path: string, image: Iterable<Uint8Array>): number {
  const began = performance.now();
  const file = openSync(path, 'w', 0o600);
  for (const chunk of image) writeSync(file, chunk);
  fsyncSync(file);
  closeSync(file);
  return (performance.now() - began) / 1000;
}

/** Wall-clock seconds from opening the file to an index that can be asked. */
export function load(path: string, options?: StatusIndexOptions): { index: StatusIndex; seconds: number } {
  const began = performance.now();
  const file = openSync(path, 'r');
  const index = StatusIndex.decode(chunksOf(file), options);
  closeSync(file);
  return { index, seconds: (performance.now() - began) / 1000 };
}

/** One buffer for all: what is left behind would count as memory of the index. */
function* chunksOf(file: number): Generator<Uint8Array> {
  const chunk = Buffer.allocUnsafe(1024 * 1024);
  for (;;) {
    const length = readSync(file, chunk);
    if (length === 0) return;
    yield chunk.subarray(0, length);
  }
}
