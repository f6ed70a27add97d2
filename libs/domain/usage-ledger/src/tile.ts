import { HASH_OCTETS } from './tree-hash.ts';

/** Hashes in a full tile: a tile is a subtree of height 8. */
export const TILE_WIDTH = 256;
export const TILE_OCTETS = TILE_WIDTH * HASH_OCTETS;

/**
 * A tile of the tree (C2SP tlog-tiles): `width` hashes of level 8 × `level` of the tree, from the one with number
 * `index` × 256. A tile narrower than 256 is partial.
 */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 1 to 256. */
  readonly width: number;
}

/** `tile/<L>/<N>[.p/<W>]` */
export const tilePath = ({ level, index, width }: Tile): string =>
  `tile/${level}/${indexPath(index)}${partialSuffix(width)}`;

/** `tile/entries/<N>[.p/<W>]`: the leaves whose hashes are the tile of level 0 with the same number and width. */
export const entriesPath = ({ index, width }: Omit<Tile, 'level'>): string =>
  `tile/entries/${indexPath(index)}${partialSuffix(width)}`;

const partialSuffix = (width: number): string => (width === TILE_WIDTH ? '' : `.p/${width}`);

/** 1234067 is `x001/x234/067`: at most a thousand names a directory, and none is a file and a directory at once. */
export function indexPath(index: number): string {
  let path = (index % 1000).toString().padStart(3, '0');
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    path = `x${(rest % 1000).toString().padStart(3, '0')}/${path}`;
  return path;
}

/** Hashes that a tree of this size has at this level of tiles. */
export const hashesAt = (size: number, level: number): number => Math.floor(size / TILE_WIDTH ** level);

/** The partial tiles of a tree of this size, lowest first: its right edge. */
export function edgeTiles(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let level = 0; hashesAt(size, level) > 0; level += 1) {
    const hashes = hashesAt(size, level);
    const width = hashes % TILE_WIDTH;
    if (width > 0) tiles.push({ level, index: Math.floor(hashes / TILE_WIDTH), width });
  }
  return tiles;
}

/** All tiles that a tree of this size is read from, level by level. */
export function* tilesOf(size: number): Generator<Tile> {
  for (let level = 0; hashesAt(size, level) > 0; level += 1)
    for (let index = 0; index < hashesAt(size, level + 1); index += 1) yield { level, index, width: TILE_WIDTH };
  yield* edgeTiles(size);
}
