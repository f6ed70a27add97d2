import { expect, test } from 'vitest';
import { measured } from './benchmark.ts';
import { table } from './report.ts';

test('figures are aligned, and goals say whether they are met', () => {
  const rows = [
    measured('floor', 17.25, 'µs/request'),
    { name: 'cold start', value: 95, unit: 's', goal: '< 90 s', met: false },
    { name: 'warm', value: 1234.5, unit: 'ms', goal: '< 8 s', met: true },
  ];
  expect(table(rows).split('\n')).toEqual([
    'floor        17.3 µs/request',
    'cold start     95 s           MISSED (goal < 90 s)',
    'warm        1,235 ms          met (goal < 8 s)',
  ]);
});
