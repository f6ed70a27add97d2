import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebhookSender } from './webhook-sender.ts';

let server: Server;
let answer: RequestListener;
let port: number;
const calls: string[] = [];
const sender = new WebhookSender({ allowLoopback: true }, { timeLimit: 500 });

beforeAll(async () => {
  server = createServer((request, response) => {
    calls.push(request.url!);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  sender.close();
  server.closeAllConnections();
  server.close();
});

const headers = { 'webhook-id': 'a_1', 'webhook-timestamp': '1', 'webhook-signature': 'v1,AA==' };
const send = (url: string, by = sender) => by.send({ url, headers, body: Buffer.from('{}') });

it('posts the body with its headers, and reads a short answer', async () => {
  answer = (request, response) => response.end(JSON.stringify([request.method, request.headers['webhook-id']]));
  expect(await send(`http://127.0.0.1:${port}/a`)).toEqual({ outcome: { status: 200 }, body: '["POST","a_1"]' });
});

it('follows no redirect, wherever it points', async () => {
  calls.length = 0;
  answer = (_request, response) => response.writeHead(307, { location: `http://127.0.0.1:${port}/inside` }).end();
  expect((await send(`http://127.0.0.1:${port}/out`)).outcome).toEqual({ status: 307 });
  expect(calls).toEqual(['/out']);
});

it('says how long it was asked to wait', async () => {
  answer = (_request, response) => response.writeHead(503, { 'retry-after': '120' }).end();
  expect((await send(`http://127.0.0.1:${port}/`)).outcome).toEqual({ status: 503, retryAfter: 120_000 });
  answer = (_request, response) => response.writeHead(429, { 'retry-after': 'Fri, 31 Dec 2027 23:59:59 GMT' }).end();
  expect((await send(`http://127.0.0.1:${port}/`)).outcome).toEqual({ status: 429 });
});

it('reads no endless answer', async () => {
  answer = (_request, response) => {
    const chunk = 'x'.repeat(10_000);
    const write = (): void => void (response.destroyed || (response.write(chunk), setImmediate(write)));
    write();
  };
  expect((await send(`http://127.0.0.1:${port}/`)).outcome).toEqual({ status: 200 });
});

it('takes no answer in time, no server and no allowed address for the same', async () => {
  answer = () => undefined;
  expect((await send(`http://127.0.0.1:${port}/`)).outcome).toBe('unreachable');
  expect((await send('http://127.0.0.1:1/')).outcome).toBe('unreachable');
  calls.length = 0;
  const strict = new WebhookSender({ allowLoopback: false }, { timeLimit: 500 });
  expect((await send(`http://127.0.0.1:${port}/`, strict)).outcome).toBe('unreachable');
  // The name is allowed as a name; what it points to is not.
  expect((await send(`https://localhost:${port}/`, strict)).outcome).toBe('unreachable');
  expect(calls).toEqual([]);
  strict.close();
});
