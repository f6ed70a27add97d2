import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { closeServer, createServer, listen } from './http-server.ts';

const post = (...headers: readonly string[]): string =>
  ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 5', ...headers, '\r\n'].join('\r\n');
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

it('who waits for 100 Continue gets it, and pipelined answers stay whole', async () => {
  const server = createServer({}, async (request, response) => {
    const body = await text(request);
    if (body === 'early') await setTimeout(50);
    response.writeHead(200, { 'content-length': body.length }).end(body);
  });
  const port = await listen(server, { host: '127.0.0.1', port: 0 });
  const waiting = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  waiting.write(post('Expect: 100-continue'));
  expect(String((await once(waiting, 'data'))[0])).toBe(CONTINUE);
  waiting.end('first');
  expect(await text(waiting)).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\nfirst$/);

  const pipelined = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  pipelined.end(`${post()}early${post('Expect: 100-continue')}other`);
  expect(await text(pipelined)).toMatch(/^(HTTP\/1.1 200 OK\r\n([^\r]+\r\n)+\r\n(early|other)){2}$/);
  await closeServer(server);
});
