import type { TreeHead } from './checkpoint.ts';
import type { GrowingTree } from './growing-tree.ts';
import type { FindingList } from './statement-finding.ts';
import { sameHash } from './tree-hash.ts';

export interface HeadsToFind {
  readonly earlier?: readonly TreeHead[];
  readonly statement: { readonly head: TreeHead };
}

/** Trees that must be the beginning of the one that is read: as it grows, it is each of them in turn. */
export class EarlierHeads {
  readonly #roots = new Map<number, Uint8Array[]>();
  #statement: TreeHead | undefined;

  constructor({ earlier = [], statement }: HeadsToFind) {
    for (const { size, root } of earlier) this.#roots.set(size, [...(this.#roots.get(size) ?? []), root]);
    this.#statement = statement.head;
  }

  /** To be called for each size of the tree. */
  compare(tree: GrowingTree, list: FindingList): void {
    const roots = this.#roots.get(tree.size);
    const statement = this.#statement?.size === tree.size ? this.#statement : undefined;
    if (!roots && !statement) return;
    const found = tree.root();
    if (roots && !roots.every((root) => sameHash(root, found))) list.add({ kind: 'rewritten', earlierSize: tree.size });
    this.#roots.delete(tree.size);
    if (!statement) return;
    if (!sameHash(statement.root, found)) list.add({ kind: 'statement_tree_differs', size: tree.size });
    this.#statement = undefined;
  }

  /** What the tree never became is larger than it. */
  end(list: FindingList): void {
    for (const earlierSize of this.#roots.keys()) list.add({ kind: 'rewritten', earlierSize });
    if (this.#statement) list.add({ kind: 'statement_tree_differs', size: this.#statement.size });
  }
}
