import { checkKey } from '@kakunin/objects';
import { expect, it } from 'vitest';
import { crlKey, crlPointer, type CrlSeries, descriptorKeyOf } from './crl-keys.ts';

const series: readonly CrlSeries[] = [
  { authorityId: 'a' },
  { authorityId: 'a', kind: 'delta' },
  { authorityId: 'a', partition: '13101' },
  { authorityId: 'a', partition: '13101', kind: 'delta' },
];

it('says where the newest of each series lies, and each by its number, with its descriptor', () => {
  expect(series.map(crlPointer)).toEqual([
    'crl/a.crl',
    'crl/a/delta.crl',
    'crl/a/partitions/13101.crl',
    'crl/a/partitions/13101/delta.crl',
  ]);
  expect(series.map((one) => crlKey(one, 7n))).toEqual([
    'crl/a/7.crl',
    'crl/a/7.delta.crl',
    'crl/a/partitions/13101/7.crl',
    'crl/a/partitions/13101/7.delta.crl',
  ]);
  expect(descriptorKeyOf(crlKey(series[3]!, 7n))).toBe('crl/a/partitions/13101/7.delta.json');
});

it('gives no two things one name, whatever labels and numbers look like', () => {
  const names = series.flatMap((one) => [crlPointer(one), crlKey(one, 13101n), descriptorKeyOf(crlKey(one, 13101n))]);
  expect(new Set(names.map(checkKey)).size).toBe(names.length);
});
