import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { CrlDescriptor } from '@kakunin/publication';
import type { RunningService } from '@kakunin/runtime';
import { startTestNginx, sharedTestPostgres, type TestNginx, type TestDatabases } from '@kakunin/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually, newest, PublisherBench, revoked, urlOf } from '../testing/publisher-bench.ts';

const CONFIGURATION = join(import.meta.dirname, '../../../../../deploy/nginx/kakunin-crl.conf');

let postgres: TestDatabases;
let bench: PublisherBench;
let service: RunningService;
let nginx: TestNginx;
let crl: CrlDescriptor;
let delta: CrlDescriptor;
beforeAll(async () => {
  postgres = await sharedTestPostgres();
  bench = await PublisherBench.open(postgres);
  const b = { publicBaseUrl: 'http://crl.example', deltas: true };
  service = await bench.start(bench.profiles({ all: {}, authorities: { b } }));
  await bench.addAuthority('a');
  await bench.addAuthority('b', { partitioned: true });
  await bench.certify('b', '1', { partition: '13101' });
  await eventually('a partition', () => newest(service, { authorityId: 'b', partition: '13101' }));
  await bench.certify('b', '1', { status: revoked(), partition: '13101' });
  for (let serial = 1; serial <= 20; serial++) {
    await bench.certify('a', serial.toString(16), { status: revoked() });
  }
  crl = await eventually('a CRL', async () => {
    const found = await newest(service, 'a');
    return found?.entries === 20 && found;
  });
  delta = await eventually('a delta with the revocation', async () => {
    const found = await newest(service, { authorityId: 'b', partition: '13101', kind: 'delta' });
    return found?.entries === 1 && found;
  });
  const configuration = readFileSync(CONFIGURATION, 'utf8')
    .replaceAll('/var/lib/kakunin/published', join(bench.directory, 'published'))
    .replaceAll('http://127.0.0.1:8083', urlOf(service, ''));
  nginx = await startTestNginx(configuration);
});
afterAll(async () => {
  await nginx.stop();
  await bench.close();
  await postgres.stop();
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

type Headers = Readonly<Record<string, string>>;

/** fetch would decode, and ask for encodings by itself. A connection each: one that is kept may be closed as it is used. */
const ask = (url: string, method: string, headers: Headers): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request(url, { method, headers, agent: false }, (response) => {
      const { statusCode: status, headers: answered } = response;
      buffer(response).then((body) => resolve({ status, headers: answered, body }), reject);
    })
      .on('error', reject)
      .end();
  });

/** Seconds differ: the publisher knows when the next CRL comes. */
const directives = (cacheControl: string | undefined): string | undefined =>
  cacheControl?.includes('immutable') ? cacheControl : cacheControl?.replaceAll(/=\d+/g, '');

/** What a client may rely on, whichever of the two answers. ETags are each server's own. */
function observed({ status, headers, body }: Answer): unknown {
  const isError = (status ?? 0) >= 400;
  const content = createHash('sha256').update(body).digest('hex');
  const common = { status, contentRange: headers['content-range'], cookies: headers['set-cookie'] };
  if (isError) return common;
  return {
    ...common,
    content,
    contentType: headers['content-type']?.replace(/;.*/, ''),
    contentLength: status === 304 ? undefined : headers['content-length'],
    contentEncoding: headers['content-encoding'],
    cacheControl: directives(headers['cache-control']),
    vary: headers.vary,
    noSniff: headers['x-content-type-options'],
    hasStrongEtag: /^"[^"]+"$/.test(headers.etag ?? ''),
  };
}

const then = (answer: Answer, seconds: number): string =>
  new Date(Date.parse(answer.headers['last-modified'] ?? '') + seconds * 1_000).toUTCString();

/** Headers of a request, made of what the same server has answered before. */
const CONDITIONS: readonly (readonly [string, (before: Answer) => Headers])[] = [
  ['nothing more', () => ({})],
  ['its ETag known', ({ headers: { etag = '' } }) => ({ 'if-none-match': etag })],
  ['its ETag known, weakly', ({ headers: { etag = '' } }) => ({ 'if-none-match': `W/${etag}` })],
  ['its ETag known among others', ({ headers: { etag = '' } }) => ({ 'if-none-match': `"x", ${etag}, "y"` })],
  ['another ETag known', () => ({ 'if-none-match': '"x"' })],
  ['anything known', () => ({ 'if-none-match': '*' })],
  ['its ETag required', ({ headers: { etag = '' } }) => ({ 'if-match': etag })],
  ['another ETag required', () => ({ 'if-match': '"x"' })],
  ['the first octets', () => ({ range: 'bytes=0-9' })],
  ['all but the first octets', () => ({ range: 'bytes=10-' })],
  ['the last octets', () => ({ range: 'bytes=-7' })],
  ['more than there is', () => ({ range: 'bytes=5-99999999' })],
  ['octets behind the last', () => ({ range: 'bytes=99999999-' })],
  ['something else than octets', () => ({ range: 'lines=1-2' })],
  ['octets of this version', ({ headers: { etag = '' } }) => ({ range: 'bytes=3-5', 'if-range': etag })],
  ['octets of another version', () => ({ range: 'bytes=3-5', 'if-range': '"x"' })],
  ['no encoding', () => ({ 'accept-encoding': 'identity' })],
];
const DATES: typeof CONDITIONS = [
  ['its date known', (answer) => ({ 'if-modified-since': then(answer, 0) })],
  ['an earlier date known', (answer) => ({ 'if-modified-since': then(answer, -1) })],
  ['a later date known', (answer) => ({ 'if-modified-since': then(answer, 1) })],
  ['no date known', () => ({ 'if-modified-since': 'yesterday' })],
  ['unmodified since its date', (answer) => ({ 'if-unmodified-since': then(answer, 0) })],
  ['unmodified since an earlier date', (answer) => ({ 'if-unmodified-since': then(answer, -1) })],
  ['octets of this date', (answer) => ({ range: 'bytes=3-5', 'if-range': then(answer, 0) })],
];
// nginx serves no parts of what lies encoded.
const GZIP: typeof CONDITIONS = [['gzip', () => ({ 'accept-encoding': 'gzip' })]];

/** Both answer alike; asked again where something was published between the two, patches say, as it is for a while after the start. */
async function compare(path: string, method: string, headersOf: (before: Answer) => Headers): Promise<void> {
  await vi.waitFor(
    async () => {
      const answers = [urlOf(service, path), `${nginx.url}${path}`].map(async (url) => {
        const answer = await ask(url, method, headersOf(await ask(url, 'HEAD', {})));
        return observed(answer);
      });
      const [ours, theirs] = await Promise.all(answers);
      expect(ours).toEqual(theirs);
    },
    { timeout: 10_000, interval: 500 },
  );
}

describe('nginx over the store answers as the publisher does', () => {
  it.each([...CONDITIONS, ...DATES])('for the newest CRL: %s', async (_, headersOf) => {
    await compare(crl.url, 'GET', headersOf);
  });

  it.each([...CONDITIONS, ...DATES, ...GZIP])('for a CRL by its number: %s', async (_, headersOf) => {
    await compare(crl.immutableUrl, 'GET', headersOf);
  });

  it('for signatures, the key, and what is not there', async () => {
    const manifest = await ask(urlOf(service, '/crl/manifest.json'), 'GET', {});
    const sha256 = createHash('sha256').update(manifest.body).digest('hex');
    const paths = [
      `/crl/manifests/${sha256}.json`,
      `/crl/manifests/${sha256}.json.sig`,
      '/crl/manifest.json.sig',
      '/crl/manifest.pub.pem',
      '/crl/a/9.from-9.dcz',
      '/blind-list/a/1.kbl',
    ];
    for (const path of paths) await compare(path, 'GET', () => ({}));
  });

  it.each(CONDITIONS)('for the manifest: %s', async (_, headersOf) => {
    await compare('/crl/manifest.json', 'GET', headersOf);
  });

  it.each(['url', 'immutableUrl'] as const)('for HEAD of the %s', async (url) => {
    await compare(crl[url], 'HEAD', () => ({}));
    await compare(crl[url], 'HEAD', ({ headers: { etag = '' } }) => ({ 'if-none-match': etag }));
  });

  it('for partitions and deltas, newest and by number, DER and PEM', async () => {
    const paths = [
      delta.url,
      delta.immutableUrl,
      delta.url.replace('/delta', ''),
      delta.immutableUrl.replace('.delta', ''),
    ];
    for (const path of paths.flatMap((one) => [one, one.replace(/crl$/, 'pem')])) {
      const answer = await ask(`${nginx.url}${path}`, 'HEAD', {});
      expect(answer.status, path).toBe(200);
      await compare(path, 'GET', () => ({}));
    }
  });

  it('with the same date', async () => {
    for (const path of [crl.url, crl.immutableUrl]) {
      const [ours, theirs] = await Promise.all(
        [urlOf(service, path), nginx.url + path].map((url) => ask(url, 'HEAD', {})),
      );
      expect(ours?.headers['last-modified']).toBe(theirs?.headers['last-modified']);
    }
  });

  it('for PEM, which the publisher makes', async () => {
    await compare(crl.url.replace(/crl$/, 'pem'), 'GET', () => ({}));
    await compare(crl.immutableUrl.replace(/crl$/, 'pem'), 'GET', () => ({}));
  });

  it.each([
    '/crl/unknown.crl',
    '/crl/a',
    '/crl/A.crl',
    '/crl/a/99.crl',
    '/crl/b/partitions/99999.crl',
    '/crl/b/partitions/13101/delta/1.crl',
    '/crl/a/01.crl',
    '/crl/a/1.json',
    '/crl/a/1.crl.gz',
    '/crl/.staging/1.crl',
    '/.pointers/crl/a.crl/1',
  ])('knowing no %s', async (path) => {
    const [ours, theirs] = await Promise.all(
      [urlOf(service, path), nginx.url + path].map((url) => ask(url, 'GET', {})),
    );
    expect([ours?.status, theirs?.status]).toEqual([404, 404]);
  });
});
