import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startServer, type BothWaysServer } from './testing/both-ways-server.ts';
import { exchangeOctets } from './testing/raw-client.ts';
import { readResponses } from './testing/read-responses.ts';
import { ordinaryPost } from './testing/request.ts';

/** What this process needs of its file descriptors for itself. */
const RESERVE = 500;
const descriptors = Number(execFileSync('sh', ['-c', 'ulimit -Hn | sed s/unlimited/1000000/'], { encoding: 'utf8' }));
const CONNECTIONS = Math.min(10_000, descriptors - RESERVE);

let server: BothWaysServer;
beforeEach(async () => {
  server = await startServer();
});
afterEach(() => server.close());

test(`${CONNECTIONS} idle connections: others are served`, async () => {
  const script = fileURLToPath(new URL('./testing/idle-clients.ts', import.meta.url));
  const execArgv = ['--conditions=@kakunin/source'];
  const clients = fork(script, [`${server.port}`, `${CONNECTIONS}`], { execArgv });
  const ended = once(clients, 'exit');
  await once(clients, 'message');
  const { figures } = server.fastPath!;
  expect(figures).toMatchObject({ connections: CONNECTIONS, requests: CONNECTIONS });
  const { octets } = await exchangeOctets({ port: server.port, pieces: [ordinaryPost()] });
  expect(readResponses(octets)).toMatchObject([{ status: 200, way: 'fast' }]);
  clients.kill('SIGKILL');
  await ended;
  await expect.poll(() => figures.connections).toBe(0);
});
