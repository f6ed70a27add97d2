import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { certIdOf, encodeOcspRequest, parseOcspResponse } from '@kakunin/ocsp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestResponder } from './testing/test-responder.ts';

let responder: TestResponder;
let serialNumber: string;
beforeAll(async () => {
  responder = await TestResponder.start();
  ({ serialNumber } = await responder.issue('asked'));
});
afterAll(() => responder.close());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends exactly what it is given: `fetch` tidies paths up. */
function send(
  method: string,
  path: string,
  input: { body?: Uint8Array; headers?: IncomingHttpHeaders } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(responder.url, { method, path, headers: input.headers ?? {} }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('error', reject).end(input.body);
  });
}

const OCSP_REQUEST = { 'content-type': 'application/ocsp-request' };
const post = (path: string, body: Uint8Array): Promise<Answer> => send('POST', path, { body, headers: OCSP_REQUEST });

const requestOf = (nonce?: Uint8Array): Uint8Array =>
  encodeOcspRequest({ certIds: [certIdOf(responder.ca.certificate, serialNumber)], ...(nonce && { nonce }) });
const inBase64 = (nonce?: Uint8Array): string => Buffer.from(requestOf(nonce)).toString('base64');

const saidIn = ({ body }: Answer): string => {
  const parsed = parseOcspResponse(body);
  return parsed.status === 'successful' ? (parsed.basic.responses[0]?.certStatus.status ?? 'nothing') : parsed.status;
};

describe('GET', () => {
  test.each<[string, () => string]>([
    ['base64 as it is', () => `/ocsp/${inBase64()}`],
    ['percent-encoded', () => `/ocsp/${encodeURIComponent(inBase64())}`],
    ['without padding', () => `/ocsp/${inBase64().replace(/=+$/, '')}`],
    ['behind an empty segment', () => `/ocsp//${inBase64()}`],
    ['for a service provider', () => `/ocsp/bank/${inBase64()}`],
    ['for a purpose', () => `/ocsp/bank/liveness_check/${inBase64()}`],
  ])('%s', async (_, path) => {
    const answer = await send('GET', path());
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/ocsp-response' } });
    expect(saidIn(answer)).toBe('good');
  });

  test('an answer may be kept by the caller until nextUpdate', async () => {
    const { headers, body } = await send('GET', `/ocsp/${inBase64()}`);
    const parsed = parseOcspResponse(body);
    const single = parsed.status === 'successful' ? parsed.basic.responses[0] : undefined;
    expect(headers['cache-control']).toMatch(/^max-age=8\d\d, private, no-transform, must-revalidate$/);
    expect(Date.parse(headers['last-modified'] ?? '')).toBe(single?.thisUpdate);
    expect(Date.parse(headers.expires ?? '')).toBe(single?.nextUpdate);
    const again = await send('GET', `/ocsp/${inBase64()}`, { headers: { 'if-none-match': headers.etag ?? '' } });
    expect(again).toMatchObject({ status: 304, body: Buffer.alloc(0) });
  });

  test('an answer with a nonce, and a refusal, may not be kept', async () => {
    const withNonce = await send('GET', `/ocsp/${inBase64(Buffer.from('nonce'))}`);
    expect(withNonce.headers).toMatchObject({ 'cache-control': 'no-store' });
    expect(withNonce.headers.etag).toBeUndefined();
    const refused = await send('GET', `/ocsp/nobody/${inBase64()}`);
    expect(refused.headers).toMatchObject({ 'cache-control': 'no-store', 'kakunin-error': 'service_provider_unknown' });
  });

  test('HEAD would be counted and answer nothing: 405', async () => {
    expect(await send('HEAD', `/ocsp/${inBase64()}`)).toMatchObject({ status: 405, headers: { allow: 'GET, POST' } });
  });
});

describe('POST', () => {
  test.each<[string, IncomingHttpHeaders]>([
    ['of the ordinary shape', {}],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
    ['that asks first whether to send its body', { expect: '100-continue' }],
    ['with a parameter behind its media type', { 'content-type': 'Application/OCSP-Request; charset=binary' }],
    ['whose connection is to be closed', { connection: 'close' }],
  ])('%s', async (_, headers) => {
    const answer = await send('POST', '/ocsp/bank', { body: requestOf(), headers: { ...OCSP_REQUEST, ...headers } });
    expect(answer.headers).toMatchObject({ 'content-type': 'application/ocsp-response', 'cache-control': 'no-store' });
    expect(saidIn(answer)).toBe('good');
  });
});

describe('bad input', () => {
  test.each<[string, string, () => Promise<Answer>]>([
    ['no DER', 'malformedRequest', () => post('/ocsp', Buffer.from('no request'))],
    ['no body', 'malformedRequest', () => post('/ocsp', Buffer.alloc(0))],
    [
      'DER with something behind it',
      'malformedRequest',
      () => post('/ocsp', Buffer.concat([requestOf(), Buffer.of(0)])),
    ],
    ['a nonce that is too long', 'malformedRequest', () => post('/ocsp', requestOf(Buffer.alloc(129)))],
    ['base64 that is none', 'malformedRequest', () => send('GET', '/ocsp/M*')],
    ['GET without a request', 'malformedRequest', () => send('GET', '/ocsp')],
    ['an unknown service provider', 'unauthorized', () => post('/ocsp/nobody', requestOf())],
  ])('%s: HTTP 200, %s', async (_, status, sent) => {
    const answer = await sent();
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/ocsp-response' } });
    expect(saidIn(answer)).toBe(status);
    expect(answer.body).toHaveLength(5);
  });

  test.each<[string, number, () => Promise<Answer>]>([
    [
      'another content type',
      415,
      () => send('POST', '/ocsp', { body: requestOf(), headers: { 'content-type': 'text/plain' } }),
    ],
    [
      'JSON that is none',
      415,
      () => send('POST', '/ocsp', { body: Buffer.from('{'), headers: { 'content-type': 'application/json' } }),
    ],
    ['no content type', 415, () => send('POST', '/ocsp', { body: requestOf() })],
    ['an oversized body', 413, () => post('/ocsp', Buffer.alloc(65_537, 0x30))],
    [
      'an oversized body in chunks',
      413,
      () => {
        const headers = { ...OCSP_REQUEST, 'transfer-encoding': 'chunked' };
        return send('POST', '/ocsp', { body: Buffer.alloc(65_537, 0x30), headers });
      },
    ],
    ['another method', 405, () => send('PUT', '/ocsp', { body: requestOf(), headers: OCSP_REQUEST })],
    ['another method for /status-data', 405, () => send('POST', '/status-data')],
    ['another path', 404, () => send('GET', '/')],
    ['an unknown purpose', 404, () => post('/ocsp/bank/curiosity', requestOf())],
    ['a request in the path of a POST', 404, () => post(`/ocsp/${inBase64()}`, requestOf())],
    ['a service provider that no code can be', 404, () => post('/ocsp/BANK', requestOf())],
    ['a path that is no URL', 400, () => send('GET', '/ocsp/%zz')],
  ])('%s: HTTP %i, as problem+json', async (_, status, sent) => {
    const answer = await sent();
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/problem\+json/);
    const problem = JSON.parse(answer.body.toString()) as object;
    expect(Object.keys(problem).toSorted()).toEqual(['code', 'detail', 'status', 'title', 'type']);
    if (status === 415) expect(problem).toMatchObject({ detail: 'A request is sent as application/ocsp-request.' });
    expect(answer.body.toString()).not.toContain(inBase64());
  });

  test('it is counted by code, and no answer to it is charged', async () => {
    const { text } = await responder.manage('/metrics');
    expect(text).toMatch(/kakunin_ocsp_refusals_total\{code="malformed_request"\} [1-9]/);
    expect(text).toMatch(/kakunin_ocsp_requests_total\{outcome="good",class="signature"\} [1-9]/);
    expect((await responder.usage()).every(({ outcome }) => outcome === 'good')).toBe(true);
  });
});

test('/status-data says how old the data is, and nothing else', async () => {
  const answer = await send('GET', '/status-data');
  const { authorities } = JSON.parse(answer.body.toString()) as { authorities: { asOf: number }[] };
  expect(authorities).toEqual([{ authorityId: 'signature-g1', asOf: expect.any(Number) }]);
  expect(Date.now() - (authorities[0]?.asOf ?? 0)).toBeLessThan(60_000);
});
