import { expect, test } from 'vitest';
import { cachingHeaders, matchesEntityTag } from './http-caching.ts';

const answer = {
  body: Buffer.from('answer'),
  thisUpdate: Date.UTC(2026, 9, 31),
  nextUpdate: Date.UTC(2026, 9, 31, 0, 15),
  charged: true,
};

test('an answer may be kept until nextUpdate, by the caller only, with HTTP dates', () => {
  expect(cachingHeaders(answer, answer.thisUpdate + 60_500)).toEqual({
    'cache-control': 'max-age=839, private, no-transform, must-revalidate',
    'last-modified': 'Sat, 31 Oct 2026 00:00:00 GMT',
    expires: 'Sat, 31 Oct 2026 00:15:00 GMT',
    etag: expect.stringMatching(/^"[\w-]{43}"$/),
  });
  expect(cachingHeaders(answer, answer.nextUpdate + 1)['cache-control']).toMatch(/^max-age=0,/);
});

test('what nobody is charged for may be kept by everybody', () => {
  const headers = cachingHeaders({ ...answer, charged: false }, answer.thisUpdate);
  expect(headers['cache-control']).toBe('max-age=900, public, no-transform, must-revalidate');
});

const tag = (body: string) => cachingHeaders({ ...answer, body: Buffer.from(body) }, answer.thisUpdate)['etag'];

test('the entity tag names the octets', () => {
  expect(tag('answer')).toBe(tag('answer'));
  expect(tag('answer')).not.toBe(tag('another'));
});

test.each([
  [undefined, false],
  ['"a"', true],
  ['"b", W/"a"', true],
  ['*', true],
  ['"b"', false],
])('If-None-Match %s against "a": %s', (header, matches) => {
  expect(matchesEntityTag(header, '"a"')).toBe(matches);
});
