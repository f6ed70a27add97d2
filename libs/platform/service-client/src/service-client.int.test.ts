import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { ServiceClient } from './service-client.ts';

let server: Server;
let client: ServiceClient;
let respond: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  server = createServer((request, response) => respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new ServiceClient({ service: 'meter', url: `${addressOf(server)}/base`, tls: {} });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const addressOf = (listening: Server) => `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
const anything = z.unknown();

it('calls below the path of its address', async () => {
  respond = ({ url }, response) => response.end(JSON.stringify({ url }));
  expect(await client.get('/tariffs?x=1', anything)).toEqual({ url: '/base/tariffs?x=1' });
});

it('takes an empty answer', async () => {
  respond = (_request, response) => response.writeHead(204).end();
  expect(await client.post('/x', {}, anything)).toBeUndefined();
});

it('streams what it is given, and what it gets', async () => {
  respond = (request, response) => void request.pipe(response);
  const pieces = Array.from({ length: 1_000 }, (_, n) => `"${n}${'x'.repeat(100)}",`);
  const body = `[${pieces.join('')}0]`;
  expect(await client.upload('/list', Readable.from([Buffer.from(body)]), z.array(z.unknown()))).toHaveLength(1_001);
  respond = (_request, response) => response.end('a,b\r\n');
  expect(await text(await client.download('/csv'))).toBe('a,b\r\n');
});

it.each([
  [
    409,
    { code: 'tariff_overlap', detail: 'a overlaps b.' },
    'refused',
    'The meter refuses (tariff_overlap): a overlaps b.',
  ],
  [
    503,
    { code: 'database_unavailable', title: 'The database is away' },
    'unable',
    'The meter refuses (database_unavailable): The database is away',
  ],
  [502, '<html>', 'refused', 'The meter refuses (HTTP 502): it answers 502 without a reason.'],
  [200, '<html>', 'unexpected_answer', undefined],
  [200, { other: 'shape' }, 'unexpected_answer', undefined],
])('makes of %i %j a %s', async (status, body, code, message) => {
  respond = (_request, response) =>
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  const failed = client.get('/x', z.object({ expected: z.string() }));
  await expect(failed).rejects.toMatchObject({ code, ...(message && { message }) });
});

it('asks a service again that has too much to do, as often as it makes sense; with a stream it cannot', async () => {
  let asked = 0;
  const busyFor = (times: number) => (_request: IncomingMessage, response: ServerResponse) => {
    asked += 1;
    if (asked > times) return response.end('{"done":true}');
    return response.writeHead(503, { 'retry-after': '0' }).end('{"code":"database_busy"}');
  };
  respond = busyFor(3);
  expect(await client.post('/x', { a: 1 }, anything)).toEqual({ done: true });
  expect(asked).toBe(4);
  respond = busyFor(Number.POSITIVE_INFINITY);
  asked = 0;
  await expect(client.get('/x', anything)).rejects.toMatchObject({ code: 'unable', problem: 'database_busy' });
  expect(asked).toBe(6);
  asked = 0;
  await expect(client.upload('/x', Readable.from(['a']), anything)).rejects.toMatchObject({ problem: 'database_busy' });
  expect(asked).toBe(1);
});

it('hands an answer through as it comes, also to a question', async () => {
  respond = (request, response) => void request.pipe(response.writeHead(200));
  expect(await text(await client.download('/x', { a: 1 }))).toBe('{"a":1}');
  expect(await text(await client.download('/x'))).toBe('');
});

it('streams both ways at once, and says what it wants to hear', async () => {
  respond = (request, response) => {
    response.writeHead(200).write(`${request.headers.accept}\n`);
    request.pipe(response);
  };
  const heard = Promise.withResolvers<void>();
  const question = async function* () {
    yield 'one\n';
    await heard.promise;
    yield 'two\n';
  };
  const answer = await client.converse('/x', Readable.from(question()), 'application/x-ndjson');
  // The answer has begun while the question goes on.
  heard.resolve();
  expect(await text(answer)).toBe('application/x-ndjson, application/problem+json, */*\none\ntwo\n');
});

it('keeps the code of the problem for programs', async () => {
  respond = (_request, response) => response.writeHead(404).end('{"code":"authority_unknown"}');
  await expect(client.get('/x', anything)).rejects.toMatchObject({ problem: 'authority_unknown' });
});

it('hears a refusal that comes before everything was sent', async () => {
  respond = (_request, response) => {
    response.writeHead(413, { connection: 'close' }).end('{"code":"body_too_large","detail":"Too large."}');
  };
  const endless = new Readable({
    read() {
      this.push(Buffer.alloc(65_536));
    },
  });
  await expect(client.upload('/list', endless, anything)).rejects.toMatchObject({
    code: 'refused',
    problem: 'body_too_large',
  });
  await expect.poll(() => endless.destroyed).toBe(true);
});

it('says that the answer broke off', async () => {
  respond = (_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"half');
    setImmediate(() => response.destroy());
  };
  await expect(client.get('/x', anything)).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringMatching(/broke off/) as string,
  });
});

it('says that its own input broke off', async () => {
  respond = (request) => void request.resume();
  const broken = Readable.from(
    (function* () {
      yield 'a';
      throw new Error('disk');
    })(),
  );
  await expect(client.upload('/list', broken, anything)).rejects.toMatchObject({ code: 'input_failed' });
});

it('names the address where nobody answers', async () => {
  const away = new ServiceClient({ service: 'meter', url: 'http://127.0.0.1:1', tls: {} });
  await expect(away.get('/x', anything)).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('http://127.0.0.1:1 does not answer (ECONNREFUSED)') as string,
  });
});

it('does not blame the service for a client certificate that is none', async () => {
  const url = 'https://127.0.0.1:1';
  const clumsy = new ServiceClient({ service: 'meter', url, tls: { cert: Buffer.from('x'), key: Buffer.from('y') } });
  await expect(clumsy.get('/x', anything)).rejects.toMatchObject({
    message: expect.stringContaining('was not called') as string,
  });
});
