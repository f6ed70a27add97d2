import { expect, test } from 'vitest';
import { undecidedOf } from './charges.ts';
import { readResults } from './results.ts';

test('a request without any answer may be charged; one that was refused is not', () => {
  const failed = (why: string, count: number) => [`failed{why:${why}}`, { values: { count } }];
  const metrics = Object.fromEntries([
    failed('no connection', 1),
    failed('http error', 20),
    failed('other', 300),
    failed('tryLater', 4_000),
    failed('unauthorized', 4_000),
    failed('http 404', 4_000),
    failed('http 503', 4_000),
  ]);
  expect(undecidedOf(readResults({ metrics }))).toBe(321);
});
