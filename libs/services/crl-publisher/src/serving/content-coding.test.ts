import { expect, it } from 'vitest';
import { CODINGS, negotiate } from './content-coding.ts';

const all = CODINGS.map(({ coding }) => coding);

it.each([
  [undefined, undefined],
  ['', undefined],
  ['identity', undefined],
  ['gzip', 'gzip'],
  ['GZip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['gzip, deflate, br, zstd', 'zstd'],
  ['gzip, deflate, br', 'br'],
  ['gzip;q=1.0, br;q=0.5', 'gzip'],
  ['br;q=0, gzip;q=0.1', 'gzip'],
  ['*', 'zstd'],
  ['*;q=0', undefined],
  ['zstd;q=0, *', 'br'],
  ['gzip;q=0.5, identity', undefined],
  ['gzip;q=0.5, identity;q=0.1', 'gzip'],
  ['gzip;q=nonsense', undefined],
  ['gzip;q=7', undefined],
  ['deflate', undefined],
])('Accept-Encoding %j is answered in %j', (header, coding) => {
  expect(negotiate(header, all)).toBe(coding);
});

it('answers in what there is', () => {
  expect(negotiate('zstd, gzip;q=0.1', ['gzip'])).toBe('gzip');
  expect(negotiate('zstd', [])).toBeUndefined();
});
