import { decodeEntries } from './entry-bundle.ts';
import { LedgerError } from './ledger-error.ts';
import type { LedgerFiles } from './ledger-store.ts';
import { readTile } from './right-edge.ts';
import { entriesPath } from './tile.ts';
import type { Tile } from './tile.ts';
import { HASH_OCTETS, sameHash, writeLeafHash } from './tree-hash.ts';

/**
 * Reads the leaves under a tile of level 0, and holds them against its hashes.
 * @param tile whose hashes are known to be right
 * @throws LedgerError `damaged`
 */
export async function readEntries(
  files: LedgerFiles,
  tile: Tile & { readonly hashes: Uint8Array },
): Promise<Uint8Array[]> {
  const entries = decodeEntries(await readTile(files, tile, entriesPath))?.slice(0, tile.width);
  if (!entries || !sameHash(hashesOf(entries), tile.hashes))
    throw new LedgerError('damaged', `${entriesPath(tile)} holds other leaves than the tree.`);
  return entries;
}

function hashesOf(leaves: readonly Uint8Array[]): Buffer {
  const hashes = Buffer.allocUnsafe(leaves.length * HASH_OCTETS);
  for (const [index, leaf] of leaves.entries()) writeLeafHash(leaf, hashes, index * HASH_OCTETS);
  return hashes;
}
