import { BlindListError } from './blind-list-error.ts';
import type { BlockKeys } from './block-keys.ts';
import { Equation } from './equation.ts';
import { Ribbon } from './ribbon.ts';

/** More unknowns than equations by this share, so that most often the first seed works (ADR 12). */
const EXCESS = 0.0075;
/** After so many seeds a system gets another such share of unknowns. */
const SEEDS_A_SIZE = 4;
const SEEDS = 128;

interface System {
  /** Sets the equations apart from those of the same keys in other systems; added to the seed. */
  readonly stage: number;
  readonly solutions: number;
  /** What the solutions are to give for a key, by its low word. */
  readonly rightSide: (low: number) => number;
  /** Whether a solution will do; if not, the next seed is tried. Default: it will. */
  readonly accepts?: (solved: SolvedKeys) => boolean;
}

export interface SolvedKeys {
  readonly seed: number;
  /** Words of one solution. */
  readonly words: number;
  readonly solved: Int32Array;
}

/**
 * Makes an equation of each key and solves them; seeds are tried until all are independent.
 * @throws BlindListError `unsolvable`
 */
export function solveKeys(keys: BlockKeys, system: System): SolvedKeys {
  const count = keys.length / 2;
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const words = Math.ceil((count * (1 + EXCESS * (1 + Math.floor(seed / SEEDS_A_SIZE)))) / 32);
    const ribbon = eliminate(keys, { ...system, seed: system.stage + seed, words });
    const solved = ribbon && { seed, words, solved: ribbon.solve(system.solutions, seed) };
    if (solved && (system.accepts?.(solved) ?? true)) return solved;
  }
  throw new BlindListError('unsolvable', 'No seed solves a block. Build the list with another salt.');
}

function eliminate(keys: BlockKeys, system: System & { seed: number; words: number }): Ribbon | undefined {
  const equation = new Equation();
  const ribbon = new Ribbon(system.words);
  const key = { low: 0, high: 0 };
  const derive = (index: number): Equation => {
    key.low = keys[index * 2]!;
    key.high = keys[index * 2 + 1]!;
    equation.derive(key, system.seed, system.words);
    return equation;
  };
  const starts = Uint32Array.from({ length: keys.length / 2 }, (_, index) => derive(index).start);
  for (const index of inOrderOf(starts, system.words)) {
    if (!ribbon.add(derive(index), system.rightSide(keys[index * 2]!))) return undefined;
  }
  return ribbon;
}

/** The indices of the starts in their order: a counting sort. */
function inOrderOf(starts: Uint32Array, words: number): Uint32Array {
  const places = new Uint32Array(words + 1);
  for (const start of starts) places[start + 1]! += 1;
  for (let word = 1; word <= words; word += 1) places[word]! += places[word - 1]!;
  const ordered = new Uint32Array(starts.length);
  starts.forEach((start, index) => {
    ordered[places[start]!++] = index;
  });
  return ordered;
}
