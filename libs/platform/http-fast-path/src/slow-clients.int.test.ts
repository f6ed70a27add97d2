import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { ResponseHead } from './response-head.ts';
import { startServer, type BothWaysOptions, type BothWaysServer } from './testing/both-ways-server.ts';
import { exchangeOctets, openSocket } from './testing/raw-client.ts';
import { readResponses } from './testing/read-responses.ts';
import { ordinaryPost } from './testing/request.ts';

const SLOW_CLIENTS = 500;
const TRICKLE_INTERVAL_MS = 20;

let server: BothWaysServer;
const start = async (options: BothWaysOptions): Promise<void> => {
  server = await startServer(options);
};
afterEach(() => server.close());

async function isServed(): Promise<boolean> {
  const { octets } = await exchangeOctets({ port: server.port, pieces: [ordinaryPost()] });
  return readResponses(octets)[0]?.status === 200;
}

/** Sends the beginning at once and then an octet at a time, as long as it may. */
function trickle(socket: Socket, octets: Buffer, first: number): void {
  socket.write(octets.subarray(0, first));
  let next = first;
  const timer = setInterval(() => socket.write(octets.subarray(next, ++next)), TRICKLE_INTERVAL_MS);
  socket.resume().once('end', () => {
    clearInterval(timer);
    socket.destroy();
  });
}

test('slow loris: heads and bodies that trickle are refused at the limit, and others are served', async () => {
  await start({ requestLimitMs: 1_000 });
  const request = ordinaryPost('x'.repeat(1_000));
  const clients = await Promise.all(Array.from({ length: SLOW_CLIENTS }, () => openSocket(server.port)));
  for (const [index, client] of clients.entries()) trickle(client, request, index % 2 === 0 ? 30 : 120);
  const { figures } = server.fastPath!;
  let served = 0;
  while (figures.tooSlow < SLOW_CLIENTS) {
    expect(await isServed()).toBe(true);
    served++;
  }
  expect(served).toBeGreaterThan(5);
  await expect.poll(() => figures.connections).toBe(0);
  expect(figures.handedOver).toBe(0);
});

test('the time for a request begins with it, however long the connection was idle before', async () => {
  await start({ requestLimitMs: 1_000, idleLimitMs: 30_000 });
  const socket = await openSocket(server.port);
  const request = ordinaryPost();
  for (let round = 0; round < 2; round++) {
    const answer = once(socket, 'data');
    socket.write(request.subarray(0, -5));
    await setTimeout(200);
    socket.write(request.subarray(-5));
    expect(readResponses(((await answer) as [Buffer])[0])).toMatchObject([{ status: 200, way: 'fast' }]);
    await setTimeout(1_300);
  }
  socket.destroy();
});

test('who connects and says nothing is refused at the limit', async () => {
  await start({ requestLimitMs: 100 });
  const socket = await openSocket(server.port);
  const [refusal] = (await once(socket, 'data')) as [Buffer];
  expect(readResponses(refusal)[0]?.way).toBe('refused');
});

test('who never reads: his requests wait, his memory is bounded, and he is closed at the limit', async () => {
  const answer = new ResponseHead(Date, ['HTTP/1.1 200 OK']).respond(Buffer.alloc(64_000));
  let asked = 0;
  await start({
    requestLimitMs: 1_000,
    onRequest: (exchange) => {
      asked++;
      exchange.respond(answer);
    },
  });
  const socket = await openSocket(server.port);
  const flood = Buffer.concat(Array.from({ length: 1_000 }, () => ordinaryPost()));
  socket.pause();
  const written = { octets: 0 };
  const pour = (): void => {
    while (written.octets < 100 * flood.length && socket.write(flood)) written.octets += flood.length;
  };
  socket.on('drain', pour);
  pour();
  await expect.poll(() => server.fastPath!.figures.tooSlow).toBe(1);
  // What the kernels of both sides hold, and what the socket holds, and no more: of 100,000 requests.
  expect(asked).toBeLessThan(1_000);
  expect(await isServed()).toBe(true);
  socket.destroy();
});
