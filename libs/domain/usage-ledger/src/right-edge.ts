import type { TreeHead } from './checkpoint.ts';
import { GrowingTree } from './growing-tree.ts';
import type { FilledTile } from './growing-tree.ts';
import { LedgerError } from './ledger-error.ts';
import type { LedgerFiles } from './ledger-store.ts';
import { edgeTiles, TILE_WIDTH, tilePath } from './tile.ts';
import type { Tile } from './tile.ts';
import { HASH_OCTETS, sameHash } from './tree-hash.ts';

/**
 * Reads a tile; of a partial tile that is no longer kept, the first hashes of the full one (as tlog-tiles allows). What
 * it holds is still to be checked.
 * @throws LedgerError `damaged`
 */
export async function readTile(files: LedgerFiles, tile: Tile, path: (tile: Tile) => string): Promise<Uint8Array> {
  const octets = (await files.read(path(tile))) ?? (await files.read(path({ ...tile, width: TILE_WIDTH })));
  if (!octets) throw new LedgerError('damaged', `${path(tile)} is missing.`);
  return octets;
}

/** Reads the partial tiles of a tree, and holds them against its root. @throws LedgerError `damaged` */
export async function readRightEdge(files: LedgerFiles, { size, root }: TreeHead): Promise<GrowingTree> {
  const tree = GrowingTree.resume(size, await Promise.all(edgeTiles(size).map((tile) => readHashes(files, tile))));
  if (!sameHash(tree.root(), root))
    throw new LedgerError('damaged', `The right edge of the tree of ${size} leaves does not make its root.`);
  return tree;
}

/** The hashes of a tile, still to be checked. @throws LedgerError `damaged` */
export async function readHashes(files: LedgerFiles, tile: Tile): Promise<FilledTile> {
  const octets = await readTile(files, tile, tilePath);
  if (octets.length < tile.width * HASH_OCTETS) throw new LedgerError('damaged', `${tilePath(tile)} is cut short.`);
  return { ...tile, hashes: octets.subarray(0, tile.width * HASH_OCTETS) };
}
