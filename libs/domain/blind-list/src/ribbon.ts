import { BAND_WORDS, parity } from './equation.ts';
import type { Equation } from './equation.ts';
import { GOLDEN, mix } from './mix.ts';

/**
 * A banded system of linear equations over GF(2), eliminated as they come (Dillinger, Walzer: Ribbon filter,
 * arXiv 2103.02515, algorithm 1). It goes fastest when they come in the order of their starts; the solution does not
 * depend on the order.
 */
export class Ribbon {
  readonly #words: number;
  /** For each column that leads an equation: the words of that equation, from the one that holds the column. */
  readonly #rows: Int32Array;
  readonly #leads: Uint8Array;
  readonly #rightSides: Uint8Array;

  /** @param words unknowns / 32 */
  constructor(words: number) {
    this.#words = words;
    this.#rows = new Int32Array(words * 32 * BAND_WORDS);
    this.#leads = new Uint8Array(words * 32);
    this.#rightSides = new Uint8Array(words * 32);
  }

  /** Uses the equation's coefficients up. @returns false when it follows from those before it, or contradicts them */
  add({ start, width, coefficients }: Equation, rightSide: number): boolean {
    const rows = this.#rows;
    let right = rightSide;
    for (let at = 0; at < width; at += 1) {
      for (let word = coefficients[at]!; word !== 0; word = coefficients[at]!) {
        const column = (start + at) * 32 + lowestBit(word);
        const row = column * BAND_WORDS - at;
        if (this.#leads[column] === 0) {
          this.#leads[column] = 1;
          this.#rightSides[column] = right;
          for (let index = at; index < width; index += 1) rows[row + index] = coefficients[index]!;
          return true;
        }
        for (let index = at; index < width; index += 1) coefficients[index]! ^= rows[row + index]!;
        right ^= this.#rightSides[column]!;
      }
    }
    return false;
  }

  /**
   * Solutions of the system; unknowns that nothing determines get bits of a generator.
   * @param solutions that many, word by word side by side: what one look-up reads lies together
   */
  solve(solutions: number, seed: number): Int32Array {
    const solved = new Int32Array(this.#words * solutions);
    for (let column = this.#words * 32 - 1; column >= 0; column -= 1) {
      for (let solution = 0; solution < solutions; solution += 1) {
        const bit = this.#leads[column]
          ? this.#determined({ solved, solutions, solution, column })
          : mix(seed ^ Math.imul(column * solutions + solution + 1, GOLDEN)) & 1;
        solved[(column >>> 5) * solutions + solution]! |= bit << (column & 31);
      }
    }
    return solved;
  }

  #determined(unknown: { solved: Int32Array; solutions: number; solution: number; column: number }): number {
    const { solved, solutions, solution, column } = unknown;
    const first = column >>> 5;
    const count = Math.min(BAND_WORDS, this.#words - first);
    let sum = 0;
    for (let index = 0; index < count; index += 1) {
      sum ^= this.#rows[column * BAND_WORDS + index]! & solved[(first + index) * solutions + solution]!;
    }
    return parity(sum) ^ this.#rightSides[column]!;
  }
}

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
