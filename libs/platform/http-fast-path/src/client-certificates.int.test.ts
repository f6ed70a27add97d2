import { once } from 'node:events';
import { connect } from 'node:tls';
import type { TLSSocket } from 'node:tls';
import { createTestCa } from '@kakunin/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ResponseHead } from './response-head.ts';
import { startServer, type BothWaysServer } from './testing/both-ways-server.ts';
import { exchangeOctets } from './testing/raw-client.ts';
import { readResponses } from './testing/read-responses.ts';
import { ordinaryPost } from './testing/request.ts';

let server: BothWaysServer;
let client: { readonly ca: string; readonly key: string; readonly cert: string };
beforeAll(async () => {
  const ca = await createTestCa();
  const own = await ca.issueServer();
  const { keyPem, certificatePem } = await ca.issueClient('caller');
  client = { ca: ca.certificatePem, key: keyPem, cert: certificatePem };
  const head = new ResponseHead(Date, ['HTTP/1.1 200 OK', 'Way: fast']);
  server = await startServer({
    tls: { key: own.keyPem, cert: own.certificatePem, requestCert: true, rejectUnauthorized: false },
    onRequest: (exchange) => {
      const { connection } = exchange;
      connection.state ??= (connection.socket as TLSSocket).getPeerCertificate().subject?.CN ?? 'nobody';
      exchange.respond(head.respond(Buffer.from(connection.state as string)));
    },
  });
});
afterAll(() => server.close());

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  '%s: the owner sees the client certificate, or that there is none',
  async (version) => {
    const pieces = [ordinaryPost(), ordinaryPost()];
    const ask = async (tls: object): Promise<unknown> => {
      const { octets } = await exchangeOctets({ port: server.port, pieces, tls: { ...tls, maxVersion: version } });
      return readResponses(octets).map(({ body }) => body);
    };
    expect(await ask(client)).toEqual(['caller', 'caller']);
    expect(await ask({ ca: client.ca })).toEqual(['nobody', 'nobody']);
  },
);

test('who makes a new handshake again and again on his connection loses it, as with node:https', async () => {
  const socket = connect({ host: '127.0.0.1', port: server.port, ...client, maxVersion: 'TLSv1.2' }).resume();
  await once(socket, 'secureConnect');
  const closed = once(socket, 'close').then(() => true);
  const again = (): Promise<boolean> => new Promise((resolve) => socket.renegotiate({}, () => resolve(false)));
  let times = 0;
  while (times < 10 && !(await Promise.race([again(), closed]))) times += 1;
  expect(times).toBe(3);
});
