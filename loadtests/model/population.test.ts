import fc from 'fast-check';
import { expect, test } from 'vitest';
import { certificateAt, certificateOfCheck, ordinalOfRank } from './population.ts';
import type { Population } from './population.ts';

const NATION: Population = { seed: 7, size: 100_000, revokedShare: 0.1, smartphoneShare: 0.25, reuseExponent: 0.9 };
const ordinals = (count: number) => Array.from({ length: count }, (_, ordinal) => ordinal);

test('the same seed makes the same nation, another one another', () => {
  const some = (seed: number) => ordinals(200).map((ordinal) => certificateAt({ ...NATION, seed }, ordinal));
  const drawn = (seed: number) =>
    ordinals(200).map((check) => certificateOfCheck({ ...NATION, seed }, 1, check).ordinal);
  expect(some(7)).toEqual(some(7));
  expect(some(7)).not.toEqual(some(8));
  expect(drawn(7)).toEqual(drawn(7));
  expect(drawn(7)).not.toEqual(drawn(8));
});

// So that a change of the generator does not go unnoticed: reports name their seed.
test('seed 7 is known', () => {
  expect(ordinals(12).map((check) => certificateOfCheck(NATION, 1, check).ordinal)).toMatchInlineSnapshot(`
    [
      56816,
      96132,
      70544,
      38501,
      3744,
      78685,
      78040,
      86909,
      35068,
      22304,
      74553,
      87184,
    ]
  `);
  expect(ordinals(60).filter((ordinal) => certificateAt(NATION, ordinal).revoked)).toMatchInlineSnapshot(`
    [
      6,
      13,
      26,
      31,
      37,
    ]
  `);
});

test('shares come out', () => {
  const all = ordinals(NATION.size).map((ordinal) => certificateAt(NATION, ordinal));
  expect(all.filter(({ revoked }) => revoked).length / NATION.size).toBeCloseTo(0.1, 2);
  expect(all.filter(({ carrier }) => carrier === 'smartphone').length / NATION.size).toBeCloseTo(0.25, 2);
  const both = all.filter(({ revoked, carrier }) => revoked && carrier === 'smartphone');
  expect(both.length / NATION.size).toBeCloseTo(0.025, 2);
});

test('ranks are a permutation of ordinals, at any size', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer(), (size, seed) => {
      const seen = new Set(ordinals(size).map((rank) => ordinalOfRank({ ...NATION, size, seed }, rank)));
      expect(seen.size).toBe(size);
      expect(Math.max(...seen)).toBe(size - 1);
    }),
    { numRuns: 40 },
  );
});

test('what is used most lies nowhere near the beginning', () => {
  const busiest = ordinals(100).map((rank) => ordinalOfRank(NATION, rank));
  const mean = busiest.reduce((total, ordinal) => total + ordinal, 0) / busiest.length;
  expect(mean / NATION.size).toBeGreaterThan(0.35);
  expect(mean / NATION.size).toBeLessThan(0.65);
});

test.each([
  [0, 0.0005, 0.0015],
  [0.9, 0.2, 0.4],
  [1, 0.35, 0.5],
  [1.3, 0.7, 0.9],
])('reuse with exponent %d: the first thousandth gets between %d and %d of checks', (reuseExponent, least, most) => {
  const population = { ...NATION, reuseExponent };
  const first = new Set(ordinals(100).map((rank) => ordinalOfRank(population, rank)));
  const hits = ordinals(50_000).filter((check) => first.has(certificateOfCheck(population, 3, check).ordinal));
  expect(hits.length / 50_000).toBeGreaterThan(least);
  expect(hits.length / 50_000).toBeLessThan(most);
});

test('every check has a certificate that exists, even among 200 million', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.double({ min: 0, max: 3, noNaN: true }), (run, check, reuseExponent) => {
      const size = 200_000_000;
      const { ordinal } = certificateOfCheck({ ...NATION, size, reuseExponent }, run, check);
      expect(Number.isInteger(ordinal) && ordinal >= 0 && ordinal < size).toBe(true);
    }),
  );
  expect(() => certificateAt(NATION, NATION.size)).toThrow(RangeError);
  expect(() => certificateAt(NATION, -1)).toThrow(RangeError);
});
