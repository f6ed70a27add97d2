import { type BlockShape, MOST_FILTER_BITS, passesFilter, STAGE } from './block.ts';
import { type BlockKeys, distinct, select } from './block-keys.ts';
import { type SolvedKeys, solveKeys } from './solve-keys.ts';

/** A block as it is written. */
export interface EncodedBlock {
  readonly shape: BlockShape;
  /** The filter's solutions, then that of the exact part. */
  readonly words: Int32Array;
}

/**
 * Where equations leave no unknown free in a stretch of a filter, it is 0 there and everything passes. More than so many
 * standard deviations above chance is taken as that.
 */
const DEVIATIONS = 3;
const EMPTY = { filterBits: 0, filterSeed: 0, filterWords: 0, exactSeed: 0, exactWords: 0 };

/**
 * Encodes which certificates of a block are revoked (Clubcard, IACR ePrint 2025/610): a filter which the rarer kind passes
 * and few of the others, then one bit for each that passes.
 * @param keys used up
 * @throws BlindListError `conflicting_status`, `unsolvable`
 */
export function encodeBlock(keys: BlockKeys): EncodedBlock {
  const all = distinct(keys);
  const revoked = select(all, ({ low }) => (low & 1) === 1);
  const inverted = revoked.length > all.length / 2;
  const rare = inverted ? select(all, ({ low }) => (low & 1) === 0) : revoked;
  if (rare.length === 0) return { shape: { ...EMPTY, inverted }, words: new Int32Array(0) };
  const { passing, ...filter } = encodeFilter(rare, all);
  const rightSide = (low: number): number => (low & 1) ^ Number(inverted);
  const exact = solveKeys(passing, { stage: STAGE.exact, solutions: 1, rightSide });
  const words = new Int32Array(filter.words.length + exact.solved.length);
  words.set(filter.words);
  words.set(exact.solved, filter.words.length);
  return { shape: { ...EMPTY, ...filter.shape, inverted, exactSeed: exact.seed, exactWords: exact.words }, words };
}

/** What lets the rare ones pass and others by chance, and which keys pass. */
function encodeFilter(rare: BlockKeys, all: BlockKeys) {
  const filterBits = filterBitsFor(rare.length / 2, all.length / 2);
  if (filterBits === 0) return { shape: {}, words: new Int32Array(0), passing: all };
  const chance = (all.length - rare.length) / 2 / 2 ** filterBits;
  const most = rare.length / 2 + chance + DEVIATIONS * Math.sqrt(chance);
  const shapeOf = ({ seed, words }: SolvedKeys) => ({ filterBits, filterSeed: seed, filterWords: words });
  let passing = all;
  const accepts = (solution: SolvedKeys): boolean => {
    const shape = { ...EMPTY, ...shapeOf(solution), inverted: false };
    passing = select(all, (key) => passesFilter(shape, solution.solved, key));
    return passing.length / 2 <= most;
  };
  const filter = solveKeys(rare, { stage: STAGE.filter, solutions: filterBits, rightSide: () => 0, accepts });
  return { shape: shapeOf(filter), words: filter.solved, passing };
}

/** The number of bits with which filter and exact part together are smallest. */
export function filterBitsFor(rare: number, all: number): number {
  const sizeWith = (filterBits: number): number => filterBits * rare + rare + (all - rare) / 2 ** filterBits;
  let best = 0;
  while (best < MOST_FILTER_BITS && sizeWith(best + 1) < sizeWith(best)) best += 1;
  return best;
}
