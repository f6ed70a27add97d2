import { maxHeaderSize, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Problem, PROBLEM_JSON, problemOf } from '../problems/problem.ts';

const NOT_HTTP = problemOf({
  status: 400,
  code: 'malformed_http',
  title: 'Not HTTP',
  detail: 'The request is not valid HTTP/1.1: check its method, path, headers and length.',
});

/** By the code of Node's error; whatever else is wrong is no HTTP. */
const REFUSED_BYTES: Readonly<Record<string, Problem>> = {
  HPE_HEADER_OVERFLOW: problemOf({
    status: 431,
    code: 'headers_too_large',
    title: 'Too large',
    detail: `Path and headers may hold ${maxHeaderSize} octets: send less.`,
  }),
  ERR_HTTP_REQUEST_TIMEOUT: problemOf({
    status: 408,
    code: 'request_too_slow',
    title: 'Too slow',
    detail: 'The request did not arrive in time: send it again, faster.',
  }),
};

/** What never became a request is refused in the words of the others; a failed handshake or a dead socket only ends. */
export function refuseBytes(error: NodeJS.ErrnoException, socket: Duplex): void {
  // Node keeps the answer that a connection is at there; once it has begun, another one in between would garble it.
  const begun = (Reflect.get(socket, '_httpMessage') as ServerResponse | null | undefined)?.headersSent ?? false;
  const code = error.code ?? '';
  const answerable = code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT';
  if (!answerable || !socket.writable || begun) return void socket.destroy();
  const problem = REFUSED_BYTES[code] ?? NOT_HTTP;
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `Content-Type: ${PROBLEM_JSON}; charset=utf-8`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
