import { Equation, type Key, parity } from './equation.ts';

/** How a block looks up, as the table of a list says it. */
export interface BlockShape {
  /** Whether what the block singles out are those that are not revoked, as they are fewer. */
  readonly inverted: boolean;
  /** Bits that the filter keeps of each key; 0: no filter. Each halves what passes wrongly. */
  readonly filterBits: number;
  readonly filterSeed: number;
  /** Words of 32 unknowns of one solution. */
  readonly filterWords: number;
  readonly exactSeed: number;
  /** 0: the block singles out none. */
  readonly exactWords: number;
}

/** What a block holds, in 32-bit words. */
export const solutionWords = ({ filterBits, filterWords, exactWords }: BlockShape): number =>
  filterBits * filterWords + exactWords;

/** So that a key's equation in the filter says nothing of that in the exact part: added to seeds, which are octets. */
export const STAGE = { filter: 0, exact: 0x100 } as const;
export const MOST_FILTER_BITS = 30;

/** For all look-ups of this thread, one at a time. */
const equation = new Equation();

/** Whether the filter lets a key pass: all that are singled out, and a share of the others. */
export function passesFilter(shape: BlockShape, words: Int32Array, key: Key): boolean {
  const { filterBits } = shape;
  if (filterBits === 0) return true;
  equation.derive(key, STAGE.filter + shape.filterSeed, shape.filterWords);
  for (let solution = 0; solution < filterBits; solution += 1) {
    if (evaluate(words, equation.start * filterBits + solution, filterBits) === 1) return false;
  }
  return true;
}

/** Whether a certificate of this block is revoked; of others the answer means nothing. @param words the block's own */
export const isRevoked = (shape: BlockShape, words: Int32Array, key: Key): boolean =>
  singlesOut(shape, words, key) !== shape.inverted;

function singlesOut(shape: BlockShape, words: Int32Array, key: Key): boolean {
  if (shape.exactWords === 0 || !passesFilter(shape, words, key)) return false;
  equation.derive(key, STAGE.exact + shape.exactSeed, shape.exactWords);
  return evaluate(words, shape.filterBits * shape.filterWords + equation.start, 1) === 1;
}

/** What a solution gives for the equation derived last. @param first its first word; @param stride from word to word */
function evaluate(words: Int32Array, first: number, stride: number): number {
  const { width, coefficients } = equation;
  let sum = 0;
  for (let index = 0, at = first; index < width; index += 1, at += stride) sum ^= coefficients[index]! & words[at]!;
  return parity(sum);
}
