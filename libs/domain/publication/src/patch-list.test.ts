import { expect, it } from 'vitest';
import { patchKey, patchListKey, patchListPointer } from './patch-keys.ts';
import { type CrlVersion, decodePatchList, encodePatchList, patchSources } from './patch-list.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-24T00:00:00Z');
const version = (crlNumber: bigint, hours: number, scheduled: boolean): CrlVersion => ({
  crlNumber,
  scheduled,
  publishedAt: NOW - hours * HOUR,
  bytes: 100,
  sha256: 'ab'.repeat(32),
});

it('starts from the newest ones, and from the scheduled ones of a day', () => {
  const versions = [
    version(9n, 0.1, false),
    version(8n, 0.2, false),
    version(7n, 0.3, false),
    version(6n, 1, true),
    version(5n, 2, false),
    version(4n, 24, true),
    version(3n, 30, true),
  ];
  const numbers = patchSources(versions, { recent: 2, age: 25 * HOUR }, NOW).map(({ crlNumber }) => crlNumber);
  expect(numbers).toEqual([9n, 8n, 6n, 4n]);
});

it('is kept as JSON, beside the CRL', () => {
  const patches = [{ from: 8n, url: '/crl/a/9.from-8.dcz', bytes: 7, sha256: 'cd'.repeat(32) }];
  const list = { crlNumber: 9n, patches, versions: [version(9n, 0, true)] };
  expect(decodePatchList(Buffer.from(encodePatchList(list)).toString())).toEqual(list);
  const series = { authorityId: 'a', partition: '13101' };
  expect([patchKey(series, 9n, 8n), patchListKey(series, 9n), patchListPointer(series)]).toEqual([
    'crl/a/partitions/13101/9.from-8.dcz',
    'crl/a/partitions/13101/9.patches.json',
    'crl/a/partitions/13101.patches.json',
  ]);
});
