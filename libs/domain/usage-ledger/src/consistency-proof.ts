import type { TreeHead } from './checkpoint.ts';
import type { LedgerReader } from './ledger-reader.ts';
import { consistencyRanges } from './merkle-ranges.ts';
import { EMPTY_ROOT, nodeHash, sameHash } from './tree-hash.ts';

/** Hashes that show an earlier tree to be the beginning of a later one (RFC 6962, section 2.1.2). */
export type ConsistencyProof = readonly Uint8Array[];

/**
 * Proves that the tree that had `size` leaves is the beginning of the reader's tree. Of the empty tree nothing needs proof.
 * @throws LedgerError `damaged`; RangeError when the reader's tree is smaller
 */
export async function proveConsistency(reader: LedgerReader, size: number): Promise<ConsistencyProof> {
  const end = reader.head.size;
  if (!(Number.isSafeInteger(size) && size >= 0 && size <= end)) throw new RangeError('The tree was never so large.');
  const ranges = size === 0 ? [] : consistencyRanges(size, { start: 0, end });
  return Promise.all(ranges.map((range) => reader.rangeHash(range)));
}

/** Whether `earlier` is the beginning of `later` (RFC 9162, section 2.1.4.2). */
export function verifyConsistency(proof: ConsistencyProof, earlier: TreeHead, later: TreeHead): boolean {
  if (!(earlier.size >= 0 && earlier.size <= later.size)) return false;
  if (earlier.size === 0) return proof.length === 0 && sameHash(earlier.root, EMPTY_ROOT);
  if (earlier.size === later.size) return proof.length === 0 && sameHash(earlier.root, later.root);
  // Position of the last node of the earlier tree in its level, and of the later one's. They may exceed 32 bits.
  let position = earlier.size - 1;
  let last = later.size - 1;
  while (position % 2 === 1) [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  // An earlier tree that is perfect is itself the first hash.
  const [first, ...rest] = position === 0 ? [earlier.root, ...proof] : proof;
  if (!first) return false;
  let [before, after] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, Math.floor(last / 2)];
    } else {
      after = nodeHash(after, sibling);
    }
    [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameHash(before, earlier.root) && sameHash(after, later.root);
}
