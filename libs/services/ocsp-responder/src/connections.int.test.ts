import type { Socket } from 'node:net';
import { exchangeOctets, openSocket } from '@kakunin/http-fast-path/testing/raw-client';
import { readResponses } from '@kakunin/http-fast-path/testing/read-responses';
import { certIdOf, encodeOcspRequest } from '@kakunin/ocsp';
import type { IssuedCertificate } from '@kakunin/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saidIn } from './testing/ask.ts';
import { TestResponder } from './testing/test-responder.ts';

const SLOW = 300;
const IDLE = 2_000;

let responder: TestResponder;
let client: IssuedCertificate;
let body: Uint8Array;
const held: Socket[] = [];
beforeAll(async () => {
  responder = await TestResponder.start();
  const { serialNumber } = await responder.issue('asked');
  body = encodeOcspRequest({ certIds: [certIdOf(responder.ca.certificate, serialNumber)] });
  client = await responder.ca.issueClient('nobody');
});
afterAll(async () => {
  for (const socket of held) socket.destroy();
  await responder.close();
});

/** An ordinary POST, with more headers when that is to be something else. */
const post = (...headers: readonly string[]): Buffer =>
  Buffer.concat([
    Buffer.from(
      [
        'POST /ocsp HTTP/1.1',
        'Host: kakunin.test',
        'Content-Type: application/ocsp-request',
        `Content-Length: ${body.length}`,
        ...headers,
        '\r\n',
      ].join('\r\n'),
    ),
    body,
  ]);
const get = (): Buffer =>
  Buffer.from(
    `GET /ocsp/${encodeURIComponent(Buffer.from(body).toString('base64'))} HTTP/1.1\r\nHost: kakunin.test\r\n\r\n`,
  );

async function sayings(pieces: readonly Uint8Array[], port = responder.plainPort, tls?: object): Promise<string[]> {
  const { octets } = await exchangeOctets({ port, pieces, ...(tls && { tls }) });
  return readResponses(octets).map((response) => saidIn(Buffer.from(response.body, 'latin1')));
}

async function hold(count: number, octets: Uint8Array): Promise<readonly Socket[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => openSocket(responder.plainPort)));
  for (const socket of sockets) socket.write(octets);
  held.push(...sockets);
  return sockets;
}

const isServed = async (): Promise<void> => expect(await sayings([post()])).toEqual(['good']);

test('pipelined requests are answered in order, and each is counted', async () => {
  const before = (await responder.usage()).length;
  const pipelined = [post(), get(), post('Connection: keep-alive'), post('X-Twice: 1', 'X-Twice: 2'), post()];
  const said = await sayings([Buffer.concat(pipelined)]);
  expect(said).toEqual(pipelined.map(() => 'good'));
  await expect.poll(async () => (await responder.usage()).length).toBe(before + pipelined.length);
});

test('who has closed his half is answered, over TLS too', async () => {
  const tls = { ca: responder.ca.certificatePem, key: client.keyPem, cert: client.certificatePem };
  expect(await sayings([post()])).toEqual(['good']);
  expect(await sayings([post()], responder.mtlsPort, tls)).toEqual(['unauthorized']);
});

test('a request in pieces of any size is answered', async () => {
  const request = post();
  const cuts = Array.from({ length: 20 }, (_, index) => Math.ceil(((index + 1) * request.length) / 21));
  const said = await Promise.all(cuts.map((cut) => sayings([request.subarray(0, cut), request.subarray(cut)])));
  expect(said).toEqual(cuts.map(() => ['good']));
});

test('slow heads, slow bodies and silent clients: the others are served', async () => {
  const request = post();
  const slow = [...(await hold(SLOW, request.subarray(0, 10))), ...(await hold(SLOW, request.subarray(0, -10)))];
  await hold(SLOW, Buffer.alloc(0));
  for (const octet of request.subarray(10, 20)) {
    for (const socket of slow.slice(0, SLOW)) socket.write(Uint8Array.of(octet));
    await isServed();
  }
  // Who was slow, and went on in time, is answered.
  const answered = Promise.all(slow.map((socket) => new Promise((resolve) => socket.once('data', resolve))));
  for (const socket of slow.slice(0, SLOW)) socket.write(request.subarray(20));
  for (const socket of slow.slice(SLOW)) socket.write(request.subarray(-10));
  expect((await answered).length).toBe(2 * SLOW);
});

test(`${IDLE} idle connections: the others are served`, async () => {
  const idle = await hold(IDLE, post());
  await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('data', resolve))));
  await isServed();
  expect(idle.every(({ readyState }) => readyState === 'open')).toBe(true);
});

test('clients that vanish before their answer, and clients that never read: the others are served', async () => {
  for (const socket of await hold(SLOW, post())) socket.resetAndDestroy();
  const deaf = await hold(20, Buffer.concat(Array.from({ length: 500 }, () => post())));
  for (const socket of deaf) socket.pause();
  await isServed();
});
