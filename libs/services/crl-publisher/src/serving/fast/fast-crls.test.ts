import type { Exchange, LongResponse } from '@kakunin/http-fast-path';
import { expect, it } from 'vitest';
import type { Representation } from '../representation.ts';
import { type FastRequest, fastRequestOf } from './asked-crl.ts';
import { FastCrls } from './fast-crls.ts';
import { HotFiles } from './hot-files.ts';

const BODY = Buffer.from('a revocation list');

/** Answers of a publisher whose newest CRL has the ETag `version`; what is looked up is counted. */
function world({ memory = 1_000 } = {}) {
  const state = { now: 10_000, moves: 0, version: '"1"', looks: 0, isThere: true };
  const find = async (): Promise<Representation | undefined> => {
    state.looks += 1;
    if (!state.isThere) return undefined;
    return {
      contentType: 'application/pkix-crl',
      content: {
        bytes: BODY.length,
        read: async function* () {
          yield BODY;
        },
      },
      etag: state.version,
      cacheControl: 'public, max-age=1',
      hasRanges: true,
      isNegotiated: true,
    };
  };
  const crls = new FastCrls({
    served: { find },
    published: state,
    files: new HotFiles(memory),
    clock: { now: () => state.now },
  });
  return { state, ask: (route: FastRequest) => answerOf(crls, route) };
}

/** The whole answer as text; `passed on` for one that goes the ordinary way. */
function answerOf(crls: FastCrls, route: FastRequest): Promise<string> {
  return new Promise((resolve) => {
    const exchange: Partial<Exchange<FastRequest>> = {
      route,
      respond: (octets) => (resolve(Buffer.from(octets).toString()), true),
      respondLong: ({ head, body, done }: LongResponse) => (done?.(), resolve(`${head}${body}`)),
      passOn: () => resolve('passed on'),
    };
    crls.answer(exchange as Exchange<FastRequest>);
  });
}

function request(headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET'): FastRequest {
  const found = fastRequestOf({ method, path: '/crl/a.crl', headers: new Map(Object.entries(headers)) });
  if (!found) throw new Error('It goes the ordinary way.');
  return found;
}

it('answers whole, in part, without content, and not at all modified', async () => {
  const { ask } = world();
  const whole = await ask(request());
  expect(whole).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*content-length: 17\r\n[^]*\r\n\r\na revocation list$/);
  expect(whole).toContain('date: Thu, 01 Jan 1970 00:00:10 GMT\r\n');
  expect(await ask(request({ range: 'bytes=2-11' }))).toMatch(/^HTTP\/1.1 206 [^]*\r\n\r\nrevocation$/);
  expect(await ask(request({}, 'HEAD'))).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*content-length: 17\r\n[^]*\r\n\r\n$/);
  expect(await ask(request({ 'if-none-match': '"1"' }))).toMatch(/^HTTP\/1.1 304 Not Modified\r\n[^]*\r\n\r\n$/);
  expect(await ask(request({ range: 'bytes=17-' }))).toMatch(/^HTTP\/1.1 416 [^]*content-range: bytes \*\/17\r\n/);
  expect(await ask(request({ 'if-match': '"2"' }))).toMatch(/^HTTP\/1.1 412 [^]*content-length: 0\r\n/);
});

it('lets no cache keep a refusal, which it would give to whoever asks as one should', async () => {
  const { ask } = world();
  for (const strange of [{ range: 'bytes=17-' }, { 'if-match': '"2"' }])
    expect(await ask(request(strange))).toMatch(/^HTTP\/1.1 41[26] [^]*cache-control: no-store\r\n/);
  expect(await ask(request())).not.toContain('no-store');
});

it('looks up anew after a quarter of a second, in a new second, and when something was published here', async () => {
  const { ask, state } = world();
  const route = request({}, 'HEAD');
  const asked = async (change: Partial<typeof state>): Promise<number> => {
    Object.assign(state, change);
    await ask(route);
    return state.looks;
  };
  expect(await asked({})).toBe(1);
  expect(await asked({ now: 10_249 })).toBe(1);
  expect(await asked({ now: 10_250 })).toBe(2);
  expect(await asked({ now: 10_900 })).toBe(3);
  expect(await asked({ now: 11_000 })).toBe(4);
  expect(await asked({ moves: 1 })).toBe(5);
  // The clock was set back.
  expect(await asked({ now: 5_000 })).toBe(6);
});

it('passes on what is not there, what finds no room, and what fails', async () => {
  const { ask, state } = world();
  state.isThere = false;
  expect(await ask(request())).toBe('passed on');
  expect(await world({ memory: 10 }).ask(request())).toBe('passed on');
  const failing = new FastCrls({
    served: { find: () => Promise.reject(new Error('The store is away.')) },
    published: { moves: 0 },
    files: new HotFiles(1_000),
    clock: Date,
  });
  expect(await answerOf(failing, request())).toBe('passed on');
});

it.each([
  ['PEM', '/crl/a.pem', {}],
  ['the manifest', '/crl/manifest.json', {}],
  ['another path', '/', {}],
  ['what is no CRL', '/crl/a/../b.crl', {}],
  ['who offers a dictionary', '/crl/a.crl', { 'available-dictionary': ':AAAA:' }],
])('leaves to the ordinary way: %s', (_, path, headers) => {
  expect(fastRequestOf({ method: 'GET', path, headers: new Map(Object.entries(headers)) })).toBeUndefined();
});
