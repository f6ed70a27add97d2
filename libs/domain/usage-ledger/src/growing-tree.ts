import { foldPeaks, HASH_OCTETS, perfectRoot, writeLeafHash } from './tree-hash.ts';
import { hashesAt, TILE_OCTETS, TILE_WIDTH } from './tile.ts';
import type { Tile } from './tile.ts';

/** A tile with its hashes, one after another. */
export interface FilledTile extends Tile {
  readonly hashes: Uint8Array;
}

/**
 * A Merkle tree (RFC 6962) that leaves are added to, of which only the right edge is kept: the hashes of the partial
 * tile of each level, 8 KiB a level. A tile that fills up is given away, and its hash becomes one of the level above.
 */
export class GrowingTree {
  readonly #levels: Buffer[] = [];
  #size = 0;

  /** Goes on from a tree of `size` leaves. @param edge the tiles that `edgeTiles(size)` names */
  static resume(size: number, edge: readonly FilledTile[]): GrowingTree {
    const tree = new GrowingTree();
    tree.#size = size;
    for (const { level, hashes } of edge) tree.#level(level).set(hashes);
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a leaf. @returns the tiles that it filled, lowest first; none for 255 leaves of 256 */
  append(leaf: Uint8Array): readonly FilledTile[] {
    const width = this.#size % TILE_WIDTH;
    writeLeafHash(leaf, this.#level(0), width * HASH_OCTETS);
    this.#size += 1;
    return width + 1 === TILE_WIDTH ? this.#filled() : NONE;
  }

  #filled(): FilledTile[] {
    const tiles: FilledTile[] = [];
    for (let level = 0; hashesAt(this.#size, level) % TILE_WIDTH === 0; level += 1) {
      const index = hashesAt(this.#size, level + 1) - 1;
      const hashes = Buffer.from(this.#level(level));
      tiles.push({ level, index, width: TILE_WIDTH, hashes });
      this.#level(level + 1).set(perfectRoot(hashes), (index % TILE_WIDTH) * HASH_OCTETS);
    }
    return tiles;
  }

  /** The hashes of the partial tile of a level; empty when there is none. */
  partial(level: number): Uint8Array {
    return this.#level(level).subarray(0, (hashesAt(this.#size, level) % TILE_WIDTH) * HASH_OCTETS);
  }

  root(): Uint8Array {
    const peaks: Uint8Array[] = [];
    for (let level = this.#levels.length - 1; level >= 0; level -= 1) {
      let rest = this.partial(level);
      for (let octets = TILE_OCTETS / 2; octets >= HASH_OCTETS; octets /= 2)
        if (rest.length >= octets) {
          peaks.push(perfectRoot(rest.subarray(0, octets)));
          rest = rest.subarray(octets);
        }
    }
    return foldPeaks(peaks);
  }

  #level(level: number): Buffer {
    while (this.#levels.length <= level) this.#levels.push(Buffer.alloc(TILE_OCTETS));
    return this.#levels[level]!;
  }
}

const NONE: readonly FilledTile[] = [];
