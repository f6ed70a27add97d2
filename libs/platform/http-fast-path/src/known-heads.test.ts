import { expect, test, vi } from 'vitest';
import type { RequestHead } from './fast-path.ts';
import { KnownHeads } from './known-heads.ts';

const CONTENT_TYPE = 'application/ocsp-request';

function knownHeads(route: (head: RequestHead) => string | undefined): KnownHeads<string> {
  return new KnownHeads({ route, accepts: { post: CONTENT_TYPE }, maxBodyOctets: 1_000 });
}

function headOctets(path: string, length = 5): Buffer {
  const lines = [`POST ${path} HTTP/1.1`, 'Host: a', `Content-Type: ${CONTENT_TYPE}`, `Content-Length: ${length}`];
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

test('the route is asked once for each head, and gets what the head says', () => {
  const route = vi.fn<(head: RequestHead) => string>(({ path }) => path);
  const heads = knownHeads(route);
  const first = heads.read(headOctets('/ocsp'));
  expect(first).toEqual({ octets: headOctets('/ocsp'), bodyLength: 5, route: '/ocsp' });
  expect(heads.read(Buffer.concat([headOctets('/ocsp'), Buffer.from('more')]))).toBe(first);
  expect(heads.read(headOctets('/ocsp', 6))).toMatchObject({ bodyLength: 6 });
  expect(route.mock.calls.map(([{ headers }]) => headers.get('content-length'))).toEqual(['5', '6']);
});

test.each([
  ['a path without a route', headOctets('/none')],
  ['a body above the limit', headOctets('/ocsp', 1_001)],
  ['a head that is too long', Buffer.from(`POST /ocsp HTTP/1.1\r\nHost: ${'a'.repeat(9_000)}`)],
])('%s goes the ordinary way', (_, octets) => {
  expect(knownHeads(({ path }) => (path === '/ocsp' ? path : undefined)).read(octets)).toBe('ordinary');
});

test('heads are forgotten when there are too many, those in use last', () => {
  const route = vi.fn<(head: RequestHead) => string>(({ path }) => path);
  const heads = knownHeads(route);
  for (let each = 0; each < 5_000; each++) {
    heads.read(headOctets('/used'));
    heads.read(headOctets(`/once/${each}`));
  }
  const asked = route.mock.calls.map(([{ path }]) => path);
  expect(asked.filter((path) => path === '/used').length).toBe(1);
  heads.read(headOctets('/once/0'));
  expect(route.mock.calls.length).toBe(asked.length + 1);
});
