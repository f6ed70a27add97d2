import type { TreeHead } from './checkpoint.ts';
import type { LedgerReader } from './ledger-reader.ts';
import { inclusionRanges } from './merkle-ranges.ts';
import { nodeHash, sameHash } from './tree-hash.ts';

/** Hashes from the leaf to the root: RFC 6962 calls it an audit path. */
export type InclusionProof = readonly Uint8Array[];

/**
 * Proves that leaf `index` is in the reader's tree.
 * @throws LedgerError `damaged`; RangeError when the tree has no such leaf
 */
export async function proveInclusion(reader: LedgerReader, index: number): Promise<InclusionProof> {
  const end = reader.head.size;
  if (!(Number.isSafeInteger(index) && index >= 0 && index < end)) throw new RangeError('The tree has no such leaf.');
  return Promise.all(inclusionRanges(index, { start: 0, end }).map((range) => reader.rangeHash(range)));
}

/** Whether the leaf with this hash is leaf `index` of the tree (RFC 9162, section 2.1.3.2). */
export function verifyInclusion(
  proof: InclusionProof,
  { size, root }: TreeHead,
  leaf: { readonly index: number; readonly hash: Uint8Array },
): boolean {
  if (!(Number.isSafeInteger(leaf.index) && leaf.index >= 0 && leaf.index < size)) return false;
  // Position of a node in its level, and of the last node there. They may exceed 32 bits: no shifts.
  let position = leaf.index;
  let last = size - 1;
  let { hash } = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      hash = nodeHash(sibling, hash);
      // A last node without a sibling goes up as it is.
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, Math.floor(last / 2)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [position, last] = [Math.floor(position / 2), Math.floor(last / 2)];
  }
  return last === 0 && sameHash(hash, root);
}
