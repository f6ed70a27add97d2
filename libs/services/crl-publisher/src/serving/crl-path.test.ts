import { crlKey, crlPointer, type CrlSeries } from '@kakunin/publication';
import { expect, it } from 'vitest';
import { readCrlPath } from './crl-path.ts';

const SERIES: readonly CrlSeries[] = ['complete', 'delta'].flatMap((kind) => [
  { authorityId: 'a', kind } as CrlSeries,
  { authorityId: '7', partition: '13101', kind } as CrlSeries,
]);

it.each(SERIES)('reads what a pointer and a key of %o are named', (series) => {
  const [newest, numbered] = [crlPointer(series), crlKey(series, 2n ** 158n)].map((key) => key.slice('crl/'.length));
  expect(readCrlPath(newest!)).toEqual({ series, form: 'crl' });
  expect(readCrlPath(numbered!)).toEqual({ series, crlNumber: 2n ** 158n, form: 'crl' });
  expect(readCrlPath(newest!.replace('.crl', '.pem'))).toMatchObject({ series, form: 'pem' });
});

it.each([
  'a',
  'a.CRL',
  'A.crl',
  'a/0.crl',
  'a/partitions/A.crl',
  'a/partitions/.crl',
  'a/partitions/x/y/7.crl',
  '/a.crl',
  'a/7.json',
  '',
])('takes %j for no CRL', (path) => {
  expect(readCrlPath(path)).toBeUndefined();
});
