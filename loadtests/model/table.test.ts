import { expect, test } from 'vitest';
import { grouped, markdown, millions, percent, prefixed } from './table.ts';

test('columns are aligned, numbers to the right, wide characters counted twice', () => {
  expect(
    markdown({
      head: ['', '計', 'low'],
      rows: [
        ['健康', '1', '10'],
        ['tax', '1,000', '2'],
      ],
    }),
  ).toBe(
    ['|      |    計 | low |', '| ---- | ----: | --: |', '| 健康 |     1 |  10 |', '| tax  | 1,000 |   2 |'].join('\n'),
  );
});

test.each([
  [0, 0, '0'],
  [999.5, 0, '1,000'],
  [1_234_567.891, 2, '1,234,567.89'],
  [1_234.5678, 4, '1,234.5678'],
])('%d with %d digits is %s', (value, digits, text) => {
  expect(grouped(value, digits)).toBe(text);
});

test.each([
  [0, '0 B'],
  [0.4, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [1_298_471_678, '1.3 GB'],
  [9.951e12, '10 TB'],
  [59e9, '59 GB'],
  [9.99e18, '9990 PB'],
])('%d octets are %s', (value, text) => {
  expect(prefixed(value, 'B')).toBe(text);
});

test('shares are whole per cent', () => {
  expect(percent(0.556)).toBe('56 %');
});

test('counts are millions, in either language', () => {
  expect(millions(1_872_400_000, 'en')).toBe('1,872 M');
  expect(millions(1_872_400_000, 'ja')).toBe('1,872百万');
});
