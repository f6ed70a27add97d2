import type { TreeHead } from './checkpoint.ts';
import { encodeEntries } from './entry-bundle.ts';
import { readEntries } from './entry-tile.ts';
import type { GrowingTree } from './growing-tree.ts';
import type { LedgerAppend } from './ledger-append.ts';
import { encodeState } from './ledger-state.ts';
import { statePath } from './ledger-store.ts';
import type { LedgerFiles } from './ledger-store.ts';
import { readRightEdge } from './right-edge.ts';
import { edgeTiles, entriesPath, hashesAt, TILE_WIDTH, tilePath } from './tile.ts';

/** A file that never changes. */
export interface ImmutableFile {
  readonly path: string;
  readonly octets: Uint8Array;
}

interface Appending {
  readonly head: TreeHead;
  readonly append: LedgerAppend;
}

/**
 * What an append adds to the files of a tree: full and partial tiles, entry bundles and the state. The same append gives
 * the same octets.
 * @returns the files, made as they are asked for; and the tree, which has grown when the last has been asked for
 * @throws LedgerError `damaged`
 */
export async function appendedFiles(
  files: LedgerFiles,
  { head, append }: Appending,
): Promise<{ readonly tree: GrowingTree; readonly files: Iterable<ImmutableFile> }> {
  const tree = await readRightEdge(files, head);
  const width = head.size % TILE_WIDTH;
  const tile = { level: 0, index: Math.floor(head.size / TILE_WIDTH), width, hashes: tree.partial(0) };
  const pending = width > 0 ? await readEntries(files, tile) : [];
  return { tree, files: growTree(tree, pending, append) };
}

function* growTree(tree: GrowingTree, pending: Uint8Array[], append: LedgerAppend): Generator<ImmutableFile> {
  for (const leaf of append.leaves) {
    pending.push(leaf);
    const filled = tree.append(leaf);
    for (const tile of filled) yield { path: tilePath(tile), octets: tile.hashes };
    if (filled[0]) yield { path: entriesPath(filled[0]), octets: encodeEntries(pending.splice(0)) };
  }
  for (const tile of edgeTiles(append.to)) {
    if (hashesAt(append.from, tile.level) === hashesAt(append.to, tile.level)) continue;
    yield { path: tilePath(tile), octets: Uint8Array.from(tree.partial(tile.level)) };
    if (tile.level === 0) yield { path: entriesPath(tile), octets: encodeEntries(pending) };
  }
  yield { path: statePath(append.to), octets: Buffer.from(encodeState(append)) };
}
