import { expect, test } from 'vitest';
import { unpackCheck } from '../lib/check-list.ts';
import { certificateAt } from '../model/population.ts';
import { checkListOf, LONGEST_LIST } from './check-list.ts';
import { target } from './testing/target.ts';

const [first] = target.authorities;
const authorities = [
  { ...first!, share: 0.2, population: { ...first!.population, size: 200_000 } },
  { ...first!, share: 0.8, population: { ...first!.population, seed: 2, size: 200_000 } },
];
const points = [
  { second: 0, rate: 100 },
  { second: 10, rate: 300 },
];
const plan = { authorities, run: 7, scenarios: { ocspPost: { points }, ocspGet: { points } } };

test('as many checks as the plan makes, never too many to keep', () => {
  expect(checkListOf(plan)).toHaveLength(4_000);
  expect(checkListOf({ ...plan, scenarios: {} })).toHaveLength(1);
  const long = { ocspPost: { points: [points[0]!, { second: 3_600, rate: 100 }] } };
  expect(checkListOf({ ...plan, scenarios: long })).toHaveLength(LONGEST_LIST);
});

test('each has its right answer; authorities come in their shares, and both kinds of answer in both', () => {
  const checks = [...checkListOf(plan)].map((packed) => unpackCheck(packed, authorities.length));
  for (const { authority, ordinal, revoked } of checks)
    expect(certificateAt(authorities[authority]!.population, ordinal).revoked).toBe(revoked);
  expect(checks.filter(({ authority }) => authority === 0).length / checks.length).toBeCloseTo(0.2, 2);
  expect(checks.filter(({ revoked }) => revoked).length / checks.length).toBeCloseTo(0.1, 1);
});

test('another run asks about others, the same run about the same', () => {
  expect(checkListOf(plan)).toEqual(checkListOf(plan));
  expect(checkListOf({ ...plan, run: 8 })).not.toEqual(checkListOf(plan));
});
