import { type BlockShape, MOST_FILTER_BITS, solutionWords } from './block.ts';
import { BlindListError } from './blind-list-error.ts';
import { malformed } from './header.ts';

/** A block's line in the table. */
export const SHAPE_OCTETS = 10;
/** Of a solution: 32 million unknowns. With a word of 32 bits the product stays exact in a double. */
const MOST_WORDS = 0xf_ffff;
const INVERTED = 0x80;

/** @throws BlindListError `unsolvable` when a block is too large to be written */
export function encodeShape(shape: BlockShape): Uint8Array {
  const { inverted, filterBits, filterSeed, filterWords, exactSeed, exactWords } = shape;
  if (Math.max(filterWords, exactWords) > MOST_WORDS) {
    throw new BlindListError('unsolvable', 'A block is too large. Say how many certificates there are.');
  }
  const octets = new Uint8Array(SHAPE_OCTETS);
  const view = new DataView(octets.buffer);
  view.setUint8(0, filterBits | (inverted ? INVERTED : 0));
  view.setUint8(1, filterSeed);
  view.setUint32(2, filterWords);
  view.setUint8(2, exactSeed);
  view.setUint32(6, exactWords);
  return octets;
}

/** @throws BlindListError `malformed` when it is not as `encodeShape` writes it */
export function parseShape(view: DataView, at: number): BlockShape {
  const flags = view.getUint8(at);
  const shape = {
    inverted: (flags & INVERTED) !== 0,
    filterBits: flags & ~INVERTED,
    filterSeed: view.getUint8(at + 1),
    exactSeed: view.getUint8(at + 2),
    filterWords: view.getUint32(at + 2) & 0xff_ffff,
    exactWords: view.getUint32(at + 6),
  };
  if (shape.filterBits > MOST_FILTER_BITS || Math.max(shape.filterWords, shape.exactWords) > MOST_WORDS)
    throw malformed('a block is out of range');
  const filterless = shape.filterBits === 0;
  if (filterless !== (shape.filterWords === 0) || (filterless && shape.filterSeed !== 0)) {
    throw malformed('a block has half a filter');
  }
  if (shape.exactWords === 0 && (solutionWords(shape) > 0 || shape.exactSeed !== 0)) {
    throw malformed('a block has a filter for nothing');
  }
  return shape;
}
