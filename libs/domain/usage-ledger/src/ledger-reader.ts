import type { TreeHead } from './checkpoint.ts';
import { readEntries } from './entry-tile.ts';
import type { FilledTile, GrowingTree } from './growing-tree.ts';
import { LedgerError } from './ledger-error.ts';
import type { LedgerFiles } from './ledger-store.ts';
import { perfectRanges } from './merkle-ranges.ts';
import type { LeafRange } from './merkle-ranges.ts';
import { readHashes, readRightEdge } from './right-edge.ts';
import { hashesAt, TILE_WIDTH, tilePath } from './tile.ts';
import { foldPeaks, HASH_OCTETS, perfectRoot, sameHash } from './tree-hash.ts';

/** Full tiles that are remembered: at most 2 MiB. */
const TILES_KEPT = 256;

/**
 * Reads the tree that a checkpoint speaks of. No hash and no leaf is given out before it was held against the
 * checkpoint's root: the partial tiles make the root, and a full tile makes a hash of the tile above.
 */
export class LedgerReader {
  readonly head: TreeHead;
  readonly #files: LedgerFiles;
  readonly #edge: GrowingTree;
  readonly #full = new Map<string, FilledTile>();

  private constructor(files: LedgerFiles, head: TreeHead, edge: GrowingTree) {
    this.#files = files;
    this.head = head;
    this.#edge = edge;
  }

  /** @param head from a checkpoint whose signature was verified @throws LedgerError `damaged` */
  static async open(files: LedgerFiles, head: TreeHead): Promise<LedgerReader> {
    return new LedgerReader(files, head, await readRightEdge(files, head));
  }

  /**
   * The leaves to the end, a bundle of at most 256 at a time, from the bundle that leaf `from` is in.
   * @throws LedgerError `damaged` before a leaf is given that is not in the tree
   */
  async *bundles(from = 0): AsyncGenerator<readonly Uint8Array[]> {
    for (let index = Math.floor(from / TILE_WIDTH); index * TILE_WIDTH < this.head.size; index += 1)
      yield readEntries(this.#files, await this.#tile(0, index));
  }

  /** Merkle tree hash of a range of leaves that a proof may name. @throws LedgerError `damaged` */
  async rangeHash(range: LeafRange): Promise<Uint8Array> {
    const peaks: Uint8Array[] = [];
    for (const perfect of perfectRanges(range)) peaks.push(await this.#perfectHash(perfect));
    return foldPeaks(peaks);
  }

  async #perfectHash({ start, end }: LeafRange): Promise<Uint8Array> {
    let level = 0;
    while (end - start >= TILE_WIDTH ** (level + 1)) level += 1;
    const first = hashesAt(start, level);
    const tile = await this.#tile(level, Math.floor(first / TILE_WIDTH));
    const at = (first % TILE_WIDTH) * HASH_OCTETS;
    return perfectRoot(tile.hashes.subarray(at, at + hashesAt(end - start, level) * HASH_OCTETS));
  }

  async #tile(level: number, index: number): Promise<FilledTile> {
    const width = hashesAt(this.head.size, level) - index * TILE_WIDTH;
    return width < TILE_WIDTH
      ? { level, index, width, hashes: this.#edge.partial(level) }
      : this.#fullTile(level, index);
  }

  async #fullTile(level: number, index: number): Promise<FilledTile> {
    const path = tilePath({ level, index, width: TILE_WIDTH });
    const known = this.#full.get(path);
    if (known) return known;
    const above = await this.#tile(level + 1, Math.floor(index / TILE_WIDTH));
    const at = (index % TILE_WIDTH) * HASH_OCTETS;
    const tile = await readHashes(this.#files, { level, index, width: TILE_WIDTH });
    if (!sameHash(perfectRoot(tile.hashes), above.hashes.subarray(at, at + HASH_OCTETS)))
      throw new LedgerError('damaged', `${path} is not what the tile above says.`);
    if (this.#full.size === TILES_KEPT) this.#full.delete(this.#full.keys().next().value!);
    this.#full.set(path, tile);
    return tile;
  }
}
