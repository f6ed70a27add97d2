import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Partitions } from '@kakunin/blind-list';

/**
 * Keys of a blind list in one file: eight octets a certificate on the disk, one chunk's place in memory. The file has no name
 * once it is open, so that nothing is left behind however the process ends.
 */
export class SpillFile implements Partitions {
  readonly #file: number;
  /** Of each block: where its chunks begin and how long they are, in turns. */
  readonly #chunks = new Map<number, number[]>();
  #end = 0;

  /** @param directory where there is room @throws what `node:fs` throws */
  constructor(directory: string) {
    const own = mkdtempSync(join(directory, 'blind-list-'));
    try {
      this.#file = openSync(join(own, 'keys'), 'wx+', 0o600);
    } finally {
      rmSync(own, { recursive: true });
    }
  }

  append(block: number, octets: Uint8Array): void {
    const chunks = this.#chunks.get(block) ?? [];
    this.#chunks.set(block, chunks);
    chunks.push(this.#end, octets.length);
    for (let written = 0; written < octets.length;) {
      written += writeSync(this.#file, octets, written, octets.length - written, this.#end + written);
    }
    this.#end += octets.length;
  }

  take(block: number): Uint8Array {
    const chunks = this.#chunks.get(block) ?? [];
    this.#chunks.delete(block);
    const octets = new Uint8Array(chunks.reduce((sum, field, index) => sum + (index % 2 === 1 ? field : 0), 0));
    for (let index = 0, at = 0; index < chunks.length; index += 2) {
      const end = at + chunks[index + 1]!;
      for (let from = chunks[index]! - at; at < end;) {
        const read = readSync(this.#file, octets, at, end - at, from + at);
        if (read === 0) throw new Error('The spill file of a blind list ends too early.');
        at += read;
      }
    }
    return octets;
  }

  close(): void {
    closeSync(this.#file);
  }
}
