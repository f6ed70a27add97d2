import { expect, test } from 'vitest';
import { memoryGrowthOf } from './memory-growth.ts';
import type { Sample } from './sampler.ts';

const samplesOf = (service: string, memoryAt: (second: number) => number | undefined): Sample[] =>
  Array.from({ length: 100 }, (_, second) => {
    const memory = memoryAt(second);
    return { second, service, metrics: {}, ...(memory !== undefined && { memory }) };
  });

test('a warm service is compared with itself at the end; one that grows shows', () => {
  const samples = [
    ...samplesOf('steady', (second) => (second < 10 ? 1 : 200)),
    ...samplesOf('growing', (second) => 100 + second),
  ];
  expect(memoryGrowthOf(samples, 100)).toEqual([
    { service: 'steady', early: 200, late: 200 },
    { service: 'growing', early: 115, late: 195 },
  ]);
});

test('a single moment does not count', () => {
  expect(
    memoryGrowthOf(
      samplesOf('a', (second) => (second === 95 ? 9_999 : 100)),
      100,
    ),
  ).toEqual([{ service: 'a', early: 100, late: 100 }]);
});

test('what could not be watched is left out', () => {
  expect(
    memoryGrowthOf(
      samplesOf('elsewhere', () => undefined),
      100,
    ),
  ).toEqual([]);
  expect(memoryGrowthOf([], 100)).toEqual([]);
});
