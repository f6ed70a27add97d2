import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import type { Connection, Exchange } from './fast-path.ts';
import { ResponseHead } from './response-head.ts';
import { startServer, type BothWaysOptions, type BothWaysServer } from './testing/both-ways-server.ts';
import { openSocket } from './testing/raw-client.ts';
import { readResponses, type ReadResponse } from './testing/read-responses.ts';
import { ordinaryPost } from './testing/request.ts';

const head = new ResponseHead(Date, ['HTTP/1.1 200 OK', 'Way: fast']);
const responseOf = (text: string): Buffer => head.respond(Buffer.from(text));

let server: BothWaysServer;
const start = async (options: BothWaysOptions): Promise<void> => {
  server = await startServer(options);
};
afterEach(() => server.close());

/** Sends octets and gives what is received, as far as it has come. */
async function send(octets: Uint8Array): Promise<{
  socket: Awaited<ReturnType<typeof openSocket>>;
  answers: () => readonly ReadResponse[];
  received: () => string;
}> {
  const socket = await openSocket(server.port);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.write(octets);
  const received = (): Buffer => Buffer.concat(chunks);
  return { socket, answers: () => readResponses(received()), received: () => received().toString('latin1') };
}

/** Keeps the exchanges that are begun, unanswered. */
function collect(): { exchanges: Exchange<string>[]; onRequest: (exchange: Exchange<string>) => void } {
  const exchanges: Exchange<string>[] = [];
  return { exchanges, onRequest: (exchange) => void exchanges.push(exchange) };
}

test('one request at a time for each connection, answers in order', async () => {
  const { exchanges, onRequest } = collect();
  await start({ onRequest });
  const { answers } = await send(Buffer.concat([ordinaryPost('1'), ordinaryPost('2')]));
  await expect.poll(() => exchanges.length).toBe(1);
  exchanges[0]!.respond(responseOf('one'));
  await expect.poll(() => exchanges.length).toBe(2);
  exchanges[1]!.respond(responseOf('two'));
  await expect.poll(() => answers().map(({ body }) => body)).toEqual(['one', 'two']);
});

test('a request is answered once', async () => {
  const { exchanges, onRequest } = collect();
  await start({ onRequest });
  const { answers } = await send(ordinaryPost());
  await expect.poll(() => exchanges.length).toBe(1);
  exchanges[0]!.respond(responseOf('one'));
  expect(() => exchanges[0]!.respond(responseOf('two'))).toThrow('already answered');
  await expect.poll(() => answers().length).toBe(1);
});

test('the owner may answer from within the call, also a thousand requests in one piece', async () => {
  let depth = 0;
  let deepest = 0;
  await start({
    onRequest: (exchange, body) => {
      deepest = Math.max(deepest, ++depth);
      exchange.respond(responseOf(`${body}`));
      depth--;
    },
  });
  const { answers } = await send(Buffer.concat(Array.from({ length: 1_000 }, () => ordinaryPost())));
  await expect.poll(() => answers().length).toBe(1_000);
  expect(deepest).toBe(1);
});

test('a body larger than what is kept of those who wait', async () => {
  await start({
    maxBodyOctets: 1_000_000,
    onRequest: (exchange, body) => exchange.respond(responseOf(`${body.length}`)),
  });
  const { answers } = await send(Buffer.concat([ordinaryPost('x'.repeat(900_000)), ordinaryPost()]));
  await expect.poll(() => answers().map(({ body }) => body)).toEqual(['900000', '5']);
});

test('a client that is gone gets no answer, and that is no error', async () => {
  const { exchanges, onRequest } = collect();
  await start({ onRequest });
  const { socket } = await send(ordinaryPost());
  await expect.poll(() => exchanges.length).toBe(1);
  expect(exchanges[0]!.connection.open).toBe(true);
  socket.resetAndDestroy();
  await expect.poll(() => exchanges[0]!.connection.open).toBe(false);
  expect(exchanges[0]!.respond(responseOf('late'))).toBe(true);
  expect(server.fastPath!.figures).toMatchObject({ requests: 0, connections: 0 });
});

test('who has closed his half is answered, and then the connection is closed', async () => {
  const { exchanges, onRequest } = collect();
  await start({ onRequest });
  const { socket, answers } = await send(ordinaryPost());
  socket.end();
  await expect.poll(() => exchanges.length).toBe(1);
  exchanges[0]!.respond(responseOf('one'));
  await once(socket, 'close');
  expect(answers().map(({ body }) => body)).toEqual(['one']);
});

test('the last answer of a connection', async () => {
  await start({ onRequest: (exchange) => exchange.respondAndClose(responseOf('last')) });
  const { socket, answers } = await send(Buffer.concat([ordinaryPost(), ordinaryPost()]));
  await once(socket, 'end');
  expect(answers().map(({ body }) => body)).toEqual(['last']);
});

test('draining: each answer is its connection’s last and says so, and new connections are answered', async () => {
  const { exchanges, onRequest } = collect();
  await start({ onRequest });
  const begun = await send(ordinaryPost());
  await expect.poll(() => exchanges.length).toBe(1);
  server.fastPath!.drain();
  const fresh = await send(ordinaryPost());
  const long = await send(ordinaryPost());
  await expect.poll(() => exchanges.length).toBe(3);
  const body = Buffer.alloc(3_000_000, 'x');
  const { length } = body;
  for (const [at, text] of ['begun', 'fresh'].entries()) exchanges[at]!.respond(responseOf(text));
  exchanges[2]!.respondLong({ head: Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n`), body });
  await Promise.all([begun, fresh, long].map(({ socket }) => once(socket, 'end')));
  for (const [each, octets] of new Map([
    [begun, 5],
    [fresh, 5],
    [long, length],
  ])) {
    expect(each.answers().map(({ body: { length: received } }) => received)).toEqual([octets]);
    expect(each.received()).toMatch(/^HTTP\/1\.1 200 OK\r\nConnection: close\r\n/);
  }
});

test('a paused connection asks nothing until it goes on', async () => {
  const { exchanges, onRequest } = collect();
  await start({ onRequest });
  const { socket } = await send(ordinaryPost());
  await expect.poll(() => exchanges.length).toBe(1);
  exchanges[0]!.connection.pause();
  exchanges[0]!.respond(responseOf('one'));
  socket.write(ordinaryPost());
  const other = await send(ordinaryPost());
  await expect.poll(() => exchanges.length).toBe(2);
  expect(exchanges[1]!.connection).not.toBe(exchanges[0]!.connection);
  exchanges[0]!.connection.resume();
  await expect.poll(() => exchanges.length).toBe(3);
  expect(exchanges[2]!.connection).toBe(exchanges[0]!.connection);
  other.socket.destroy();
});

test('what the owner remembers of a connection stays when it is handed over', async () => {
  await start({
    onRequest: (exchange) => {
      exchange.connection.state = 'remembered';
      exchange.respond(responseOf('one'));
    },
  });
  const known: unknown[] = [];
  server.server.prependListener('request', ({ socket }) => {
    known.push((server.fastPath!.connectionOf(socket) as Connection).state);
  });
  const { answers } = await send(Buffer.concat([ordinaryPost(), Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n')]));
  await expect.poll(() => answers().map(({ way }) => way)).toEqual(['fast', 'ordinary']);
  expect(known).toEqual(['remembered']);
  expect(server.fastPath!.figures).toEqual({ requests: 1, handedOver: 1, tooSlow: 0, connections: 0 });
});

test('an idle connection is closed after its limit, a busy one is not', async () => {
  const { exchanges, onRequest } = collect();
  await start({ onRequest, idleLimitMs: 100 });
  const waiting = await send(ordinaryPost());
  const idle = await send(ordinaryPost());
  await expect.poll(() => exchanges.length).toBe(2);
  exchanges[1]!.respond(responseOf('one'));
  await once(idle.socket, 'end');
  expect(idle.answers().length).toBe(1);
  expect(waiting.socket.readyState).toBe('open');
  exchanges[0]!.respond(responseOf('two'));
  await expect.poll(() => waiting.answers().length).toBe(1);
});

test('closing while a connection is paused and while an answer is not taken', async () => {
  const { exchanges, onRequest } = collect();
  await start({ onRequest });
  const [paused, deaf] = [await send(ordinaryPost()), await send(ordinaryPost())];
  deaf.socket.pause();
  await expect.poll(() => exchanges.length).toBe(2);
  exchanges[0]!.connection.pause();
  exchanges[0]!.respond(responseOf('paused'));
  exchanges[1]!.respond(responseOf('x'.repeat(8_000_000)));
  const closed = server.fastPath!.close(30_000);
  deaf.socket.resume();
  await closed;
  await expect.poll(() => [paused, deaf].map(({ answers }) => answers()[0]?.body.length)).toEqual([6, 8_000_000]);
});

test('closing: idle connections at once, others after their answer, the rest at the limit', async () => {
  const { exchanges, onRequest } = collect();
  await start({ onRequest });
  const [idle, answered, never] = [await send(ordinaryPost()), await send(ordinaryPost()), await send(ordinaryPost())];
  const silent = await send(Buffer.alloc(0));
  await expect.poll(() => exchanges.length).toBe(3);
  exchanges[0]!.respond(responseOf('before'));
  await expect.poll(() => idle.answers().length).toBe(1);
  const ends = vi.fn<() => void>();
  idle.socket.once('end', ends);
  answered.socket.once('end', ends);
  silent.socket.once('end', ends);
  await expect.poll(() => server.fastPath!.figures.connections).toBe(4);
  const closed = server.fastPath!.close(300);
  await expect.poll(() => ends.mock.calls.length).toBe(2);
  exchanges[1]!.respond(responseOf('while closing'));
  await expect.poll(() => ends.mock.calls.length).toBe(3);
  expect(answered.answers().map(({ body }) => body)).toEqual(['while closing']);
  await closed;
  expect(exchanges[2]!.connection.open).toBe(false);
  never.socket.destroy();
});
