import { createServer, type Server } from 'node:net';
import { OCSP_REFUSALS } from '@kakunin/ocsp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClientScene, failureOf } from './testing/client-scene.ts';
import type { PlayingServer } from './testing/playing-server.ts';

let scene: ClientScene;
let server: PlayingServer;
beforeAll(async () => {
  scene = await ClientScene.open();
  ({ server } = scene);
});
afterAll(() => scene.close());

const tries = (): readonly string[] => server.seen.map(({ body }) => body.toString('hex'));
const impatient = { tryTimeoutMs: 300 };

test.each([
  ['a connection that breaks', 'close' as const, {}],
  ['silence', 'silence' as const, impatient],
  ['tryLater', { body: OCSP_REFUSALS.tryLater }, {}],
  ['a proxy without its server', { status: 502 }, {}],
  ['an overloaded proxy', { status: 429 }, {}],
])('after %s the same octets are sent again', async (_, play, options) => {
  server.play(play, play, scene.honest());
  expect(await scene.check(options)).toMatchObject({ status: 'good' });
  expect(tries()).toHaveLength(3);
  expect(new Set(tries()).size).toBe(1);
});

test.each([
  ['malformed_response', { body: 'hello' }],
  ['refused', { body: OCSP_REFUSALS.unauthorized }],
  ['refused', { body: OCSP_REFUSALS.internalError }],
  ['http_error', { status: 404 }],
  ['http_error', { status: 500 }],
])('%s is not tried again', async (code, play) => {
  server.play(play);
  expect(await failureOf(scene.check())).toMatchObject({ code });
  expect(tries()).toHaveLength(1);
});

test.each(['close' as const, 'silence' as const, { body: OCSP_REFUSALS.tryLater }, { status: 503 }])(
  'of another server nothing is asked again after %j',
  async (play) => {
    server.play(play);
    expect(await failureOf(scene.check({ server: 'other', ...impatient }))).toMatchObject({ sent: true });
    expect(tries()).toHaveLength(1);
  },
);

test('tries are bounded, and the last failure is told', async () => {
  server.play('close');
  expect(await failureOf(scene.check({ retries: 1 }))).toMatchObject({ code: 'unreachable', reason: 'ECONNRESET' });
  expect(tries()).toHaveLength(2);
});

test('a kept connection that the server has closed meanwhile costs nothing', async () => {
  server.play(scene.honest());
  const client = scene.client();
  await client.checkStatus(scene.subject);
  server.play('close', scene.honest());
  expect(await client.checkStatus(scene.subject)).toMatchObject({ status: 'good' });
});

/** Accepts connections and says nothing. */
async function mute(): Promise<{ url: string; connections: () => number; close: () => void }> {
  let connections = 0;
  const listening: Server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const { port } = listening.address() as { port: number };
  const close = () => void listening.close();
  return { url: `https://127.0.0.1:${port}/ocsp`, connections: () => connections, close };
}

test.each(['kakunin', 'other'] as const)(
  'a %s server that ends no handshake was sent nothing, and is tried again',
  async (kind) => {
    const silent = await mute();
    const options = { url: silent.url, server: kind, tryTimeoutMs: 100, retries: 1 } as const;
    const error = await failureOf(scene.check(options));
    expect(error).toMatchObject({ code: 'timed_out', sent: false });
    expect(silent.connections()).toBe(2);
    silent.close();
  },
);

test('nobody there: unreachable, nothing sent, with what to do', async () => {
  const error = await failureOf(scene.check({ url: 'https://127.0.0.1:1/ocsp', retries: 1 }));
  expect(error).toMatchObject({ code: 'unreachable', reason: 'ECONNREFUSED', sent: false });
  expect(error.message).toContain('https://127.0.0.1:1 does not answer');
});

test('a server that is not trusted is told nothing, and asked once', async () => {
  server.play(scene.honest());
  const error = await failureOf(scene.check({ tls: {} }));
  expect(error).toMatchObject({ code: 'tls_failed', sent: false });
  expect(error.message).toContain('tls.authorities');
  expect(tries()).toHaveLength(0);
});

test.each(['before', 'while it waits for an answer', 'while it waits to try again'])('aborted %s', async (when) => {
  const abort = new AbortController();
  if (when === 'before') abort.abort();
  server.play(({ path }) => {
    // A try that an earlier test gave up may arrive as late as now.
    if (!path.endsWith('/aborting')) return 'close';
    if (when.endsWith('answer')) abort.abort();
    else setTimeout(() => abort.abort(), 10);
    return when.endsWith('again') ? { body: OCSP_REFUSALS.tryLater } : 'silence';
  });
  const asked = { ...scene.subject, serviceProvider: 'aborting', signal: abort.signal };
  const failed = failureOf(scene.client().checkStatus(asked));
  expect(await failed).toMatchObject({ code: 'aborted', sent: when !== 'before' });
});

test('a closed client ends what is under way', async () => {
  server.play('silence');
  const client = scene.client({ retries: 0 });
  const failed = failureOf(client.checkStatus(scene.subject));
  await expect.poll(() => server.seen.length).toBe(1);
  client.close();
  expect(await failed).toMatchObject({ code: 'unreachable' });
});

// The last one: a try that it gives up may arrive later.
test('the time for all tries is kept', async () => {
  server.play('silence');
  const error = await failureOf(scene.check({ tryTimeoutMs: 200, timeoutMs: 300, retries: 9 }));
  expect(error).toMatchObject({ code: 'timed_out', sent: true });
  expect(tries().length).toBeLessThan(3);
});
