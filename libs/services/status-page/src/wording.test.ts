import { describe, expect, it } from 'vitest';
import { formatAge, formatBytes, formatCount } from './wording.ts';

describe('formatAge', () => {
  it.each([
    [-500, '0 秒前', '0 seconds ago'],
    [1_999, '1 秒前', '1 second ago'],
    [59_999, '59 秒前', '59 seconds ago'],
    [60_000, '1 分前', '1 minute ago'],
    [7_200_000, '2 時間前', '2 hours ago'],
    [86_400_000, '1 日前', '1 day ago'],
  ])('%d ms', (age, ja, en) => {
    expect(formatAge(age)).toEqual({ ja, en });
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1_000, '1.0 kB'],
    [999_949, '999.9 kB'],
    [999_999, '1.0 MB'],
    [18_500_000, '18.5 MB'],
    [1_300_000_000, '1.3 GB'],
    [5_000_000_000_000, '5.0 TB'],
  ])('%d', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

it('formatCount groups by thousands', () => {
  expect(formatCount(1_234_567)).toBe('1,234,567');
});
