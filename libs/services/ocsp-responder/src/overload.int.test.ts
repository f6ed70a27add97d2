import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { certIdOf, encodeOcspRequest, OCSP_REFUSALS } from '@kakunin/ocsp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestResponder, until } from './testing/test-responder.ts';

const CALLERS = 60;

let responder: TestResponder;
let serialNumber: string;
beforeAll(async () => {
  responder = await TestResponder.start({
    KAKUNIN_OCSP_SIGNING_QUEUE_LIMIT: '2',
    KAKUNIN_OCSP_REQUEST_SIZE_LIMIT_BYTES: '1024',
  });
  ({ serialNumber } = await responder.issue('asked'));
});
afterAll(() => responder.close());

function post(): Buffer {
  const certIds = [certIdOf(responder.ca.certificate, serialNumber)];
  return postOf(encodeOcspRequest({ certIds, nonce: randomBytes(16) }));
}

function postOf(body: Uint8Array): Buffer {
  const head = ['POST /ocsp/bank HTTP/1.1', 'Host: localhost', 'Content-Type: application/ocsp-request'];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\n\r\n`), body]);
}

async function connected(): Promise<Socket> {
  const socket = connect(Number(new URL(responder.url).port), '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

test('when more ask at once than may wait, those are told tryLater and when to ask again; the others are answered and charged', async () => {
  const sockets = await Promise.all(Array.from({ length: CALLERS }, connected));
  const replies = sockets.map(async (socket) => (await once(socket, 'data'))[0] as Buffer);
  const requests = sockets.map(post);
  sockets.forEach((socket, index) => socket.write(requests[index]!));
  const said = await Promise.all(replies);
  for (const socket of sockets) socket.destroy();

  const overloaded = said.filter((reply) => reply.includes('kakunin-error: overloaded'));
  for (const reply of overloaded) {
    expect(reply.toString('latin1')).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:[^\r]+\r\n)*retry-after: 1\r\n/);
    expect(reply.subarray(-5)).toEqual(Buffer.from(OCSP_REFUSALS.tryLater));
  }
  const answered = said.length - overloaded.length;
  expect(overloaded.length).toBeGreaterThan(0);
  expect(answered).toBeGreaterThan(0);
  await until(async () => (await responder.usage()).length === answered);
});

test('a body over a limit that is smaller than what the fast way takes is 413 as well', async () => {
  const statusOf = async (octets: number): Promise<string | undefined> => {
    const socket = await connected();
    socket.write(postOf(Buffer.alloc(octets)));
    const [reply] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return reply.toString('latin1').split(' ', 2)[1];
  };
  expect(await statusOf(1_024)).toBe('200');
  expect(await statusOf(1_025)).toBe('413');
});
