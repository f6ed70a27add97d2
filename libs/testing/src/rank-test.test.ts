import { describe, expect, it } from 'vitest';
import { compareTimes, ONE_IN_A_MILLION, rankDifference } from './rank-test.ts';

/** Mulberry32: the same numbers in each run. */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Times of a request on a busy machine, ms: 5 or more, with a long tail, and now and then a pause of 100. */
function times(seed: number): () => number {
  const number = numbersFrom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - number())) * Math.cos(2 * Math.PI * number());
  return () => 5 + Math.exp(0.8 * normal()) + (number() < 0.02 ? 100 : 0);
}
const sampleOf = (draw: () => number, count: number, more = 0) => Array.from({ length: count }, () => draw() + more);

describe('rankDifference', () => {
  it('is what the books say', () => {
    // U = 3 of 25, no ties: (3 − 12.5) / √(25 · 11 / 12).
    expect(rankDifference([1, 2, 3, 5, 7], [4, 6, 8, 9, 10])).toBeCloseTo(-9.5 / Math.sqrt(275 / 12), 10);
    expect(rankDifference([1, 1, 2], [1, 2, 2])).toBeCloseTo(-1.5 / Math.sqrt((9 / 12) * (7 - 48 / 30)), 10);
    expect(rankDifference([4, 4], [4, 4])).toBe(0);
  });

  it('turns its sign with its samples', () => {
    const [one, other] = [sampleOf(times(1), 50), sampleOf(times(2), 70)];
    expect(rankDifference(one, other)).toBeCloseTo(-rankDifference(other, one), 10);
  });

  it('finds a millisecond among pauses of a hundred, and nothing where there is nothing', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const [one, other] = [times(seed), times(1_000 + seed)];
      expect(Math.abs(rankDifference(sampleOf(one, 200), sampleOf(other, 200)))).toBeLessThan(ONE_IN_A_MILLION);
      expect(rankDifference(sampleOf(one, 200, 1), sampleOf(other, 200))).toBeGreaterThan(ONE_IN_A_MILLION);
    }
  });
});

describe('compareTimes', () => {
  const timed = (seed: number, more = 0) => {
    const draw = times(seed);
    return () => Promise.resolve(draw() + more);
  };

  it('says that one takes longer when it does so twice', async () => {
    const { differs, differences, medians } = await compareTimes({ one: timed(1, 1), other: timed(2), samples: 200 });
    expect({ differs, rounds: differences.length }).toEqual({ differs: true, rounds: 2 });
    expect(medians[0] - medians[1]).toBeGreaterThan(0.5);
    const alike = await compareTimes({ one: timed(3), other: timed(4), samples: 200 });
    expect({ differs: alike.differs, rounds: alike.differences.length }).toEqual({ differs: false, rounds: 1 });
  });

  it('forgives what does not come again', async () => {
    let calls = 0;
    const [draw, other] = [times(5), timed(6)];
    const one = () => Promise.resolve(draw() + ((calls += 1) <= 210 ? 5 : 0));
    expect(await compareTimes({ one, other, samples: 200 })).toMatchObject({
      differs: false,
      differences: { length: 2 },
    });
  });
});
