import { expect, test } from 'vitest';
import { contentAt } from './der-window.ts';

const read = (hex: string, at = 0) => {
  const octets = Buffer.from(hex, 'hex');
  return contentAt(octets, at, octets.length);
};

test.each([
  ['0400', { tag: 4, start: 2, end: 2 }],
  ['0402abcd', { tag: 4, start: 2, end: 4 }],
  ['048102abcd', { tag: 4, start: 3, end: 5 }],
  ['04820002abcd', { tag: 4, start: 4, end: 6 }],
])('%s', (hex, content) => {
  expect(read(hex)).toEqual(content);
});

test.each([
  ['nothing', ''],
  ['a tag alone', '04'],
  ['less than it says', '0403abcd'],
  ['an indefinite length', '0480abcd0000'],
  ['a length that is cut off', '048200'],
  ['a length of four octets', '048400000000'],
])('%s is none', (_, hex) => {
  expect(read(hex)).toBeUndefined();
});
