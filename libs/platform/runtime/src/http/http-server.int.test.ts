import { connect } from 'node:net';
import { createTestCa } from '@kakunin/testing';
import { expect, it } from 'vitest';
import { closeServer, createServer, HEADERS_LIMIT_MS, listen } from './http-server.ts';

it('does not wait, when it closes, for a client that is silent in the middle of its handshake', async () => {
  const { keyPem: key, certificatePem: cert } = await (await createTestCa()).issueServer();
  const server = createServer({ tls: { key, cert } }, (_request, response) => response.end());
  const port = await listen(server, { host: '127.0.0.1', port: 0 });
  const silent = connect(port, '127.0.0.1').on('error', () => {});
  await expect.poll(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(1);
  const limit = new Promise((resolve) => setTimeout(resolve, HEADERS_LIMIT_MS / 2, 'the limit'));
  expect(await Promise.race([closeServer(server), limit])).toBeUndefined();
  silent.destroy();
});

it('several servers take turns at one port', async () => {
  const servers = ['one', 'other'].map((name) => createServer({}, (_request, response) => response.end(name)));
  const port = await listen(servers[0]!, { host: '127.0.0.1', port: 0, reusePort: true });
  expect(await listen(servers[1]!, { host: '127.0.0.1', port, reusePort: true })).toBe(port);
  const answers = Array.from({ length: 64 }, async () => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
    return response.text();
  });
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['one', 'other']));
  await Promise.all(servers.map(closeServer));
});
