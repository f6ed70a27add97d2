import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { Exchange, FastPath } from './fast-path.ts';
import { takeOver } from './take-over.ts';

const BODY = randomBytes(20_000_000);
const HEAD = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n`);
const SHORT = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nshort');

let server: Server;
let fastPath: FastPath;
let done = 0;

/** `/long`, `/short` and `/on`, which is passed on; a HEAD of anything is short. */
function answer(exchange: Exchange<string>): void {
  const { route } = exchange;
  if (route === 'GET /long') exchange.respondLong({ head: HEAD, body: BODY, done: () => (done += 1) });
  else if (route === 'GET /on') exchange.passOn();
  else if (route === 'GET /later') setImmediate(() => exchange.passOn());
  else exchange.respond(SHORT);
}

async function start(requestLimitMs = 10_000): Promise<number> {
  done = 0;
  server = createServer((request, response) => response.end(`ordinary ${request.url}`));
  fastPath = takeOver<string>(server, {
    route: ({ method, path }) => `${method} ${path}`,
    accepts: 'get',
    maxBodyOctets: 0,
    requestLimitMs,
    idleLimitMs: 10_000,
    onRequest: answer,
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
afterEach(async () => {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await fastPath.close(0);
  await closed;
});

const get = (path: string, method = 'GET'): string => `${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const open = (port: number): Socket => connect({ port, host: '127.0.0.1', allowHalfOpen: true });
const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

test('pipelined, long answers and short ones come whole and in order', async () => {
  const socket = open(await start());
  socket.end(get('/long') + get('/short') + get('/long') + get('/x', 'HEAD'));
  expect(sha256(await buffer(socket))).toBe(sha256(Buffer.concat([HEAD, BODY, SHORT, HEAD, BODY, SHORT])));
  expect(done).toBe(2);
});

test.each(['/on', '/later'])(
  'what is passed on (%s) is answered by node:http, and what comes behind it',
  async (path) => {
    const socket = open(await start());
    socket.end(get('/short') + get(path) + get('/short'));
    const answers = String(await buffer(socket));
    expect(answers.match(/short|ordinary \/[a-z]+/g)).toEqual(['short', `ordinary ${path}`, 'ordinary /short']);
    expect(fastPath.figures).toMatchObject({ requests: 1, handedOver: 1 });
  },
);

test('what is no plain GET goes to node:http', async () => {
  const socket = open(await start());
  socket.end('GET /short HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab');
  expect(String(await buffer(socket))).toContain('ordinary /short');
});

test('a client that takes an answer slowly is waited for, longer than the limit of a piece', async () => {
  const limit = 2_000;
  const slow = open(await start(limit));
  slow.write(get('/long'));
  const began = performance.now();
  let taken = 0;
  while (taken < HEAD.length + BODY.length && !slow.closed) {
    taken += (slow.read() as Buffer | null)?.length ?? 0;
    await sleep(performance.now() - began < limit * 1.2 ? 30 : 0);
  }
  expect([taken, fastPath.figures.tooSlow]).toEqual([HEAD.length + BODY.length, 0]);
  slow.destroy();
});

test('a client that takes nothing is not waited for', async () => {
  const still = open(await start(200));
  still.on('error', () => {}).pause();
  still.write(get('/long'));
  await expect.poll(() => fastPath.figures.tooSlow).toBe(1);
  await expect.poll(() => done).toBe(1);
  still.destroy();
});

test('a client that goes away in the middle ends the answer', async () => {
  const socket = open(await start());
  socket.write(get('/long'));
  await new Promise((resolve) => socket.once('data', resolve));
  socket.destroy();
  await expect.poll(() => done).toBe(1);
});
