import { readFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  maxHeaderSize,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ConfigError } from './config/config-error.ts';
import { environmentName } from './config/define-config.ts';
import { type Problem, problemOf } from './problems/problem.ts';
import type { Listener, Service } from './service.ts';

/** A listener that is open. */
export interface OpenListener {
  readonly name: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A client that holds a connection open without a request is let go after this; so is one that sends slowly. */
const HEADERS_LIMIT_MS = 10_000;
const REQUEST_LIMIT_MS = 300_000;
/** Nothing was sent either way for this long: longer than any answer, and any pause in an upload, takes. */
const IDLE_LIMIT_MS = 300_000;
/** How often Node looks for requests over their limit; its own 30 s would stretch the limits by as much. */
const LIMITS_CHECK_MS = 1_000;
/** On closing, requests in hand get this long. */
const DRAIN_LIMIT_MS = 5_000;
const SWEEP_INTERVAL_MS = 20;

/** Whose port it is, and where its options stand. */
type Listening = Pick<Service, 'name' | 'config'>;

/** Opens one HTTP or HTTPS server. @throws ConfigError when the port is taken or a TLS file cannot be read */
export async function openListener(
  service: Listening,
  listener: Listener,
  handle: RequestListener,
): Promise<OpenListener> {
  const server = createServer(service, listener, handle);
  server.headersTimeout = HEADERS_LIMIT_MS;
  server.requestTimeout = listener.requestLimitMs ?? REQUEST_LIMIT_MS;
  server.timeout = IDLE_LIMIT_MS;
  server.on('clientError', refuseBytes);
  // Who has sent everything may close its half of the connection: what was asked, and perhaps charged, is answered.
  Object.assign(server, { httpAllowHalfOpen: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(service, listener, error)));
    server.listen(listener.port, listener.host, resolve);
  });
  return {
    name: listener.name,
    port: (server.address() as AddressInfo).port,
    close: () => close(server),
  };
}

function createServer(service: Listening, { name, tls }: Listener, handle: RequestListener): Server {
  if (!tls) return createHttpServer({ connectionsCheckingInterval: LIMITS_CHECK_MS }, handle);
  try {
    return createHttpsServer(
      {
        cert: readFileSync(tls.certificateFile),
        key: readFileSync(tls.keyFile),
        allowHalfOpen: true,
        minVersion: 'TLSv1.2',
        handshakeTimeout: HEADERS_LIMIT_MS,
        connectionsCheckingInterval: LIMITS_CHECK_MS,
        // Any certificate is let in to the application, which knows its callers by fingerprint and refuses the
        // others in the protocol's own words. The handshake proves possession of the key either way.
        requestCert: true,
        rejectUnauthorized: false,
      },
      handle,
    );
  } catch (error) {
    throw new ConfigError(service.name, [`TLS of listener "${name}": ${(error as Error).message}`]);
  }
}

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
function refuseBytes(error: NodeJS.ErrnoException, socket: Duplex): void {
  // Node keeps the answer that a connection is at there; once it has begun, another one in between would garble it.
  const begun = (Reflect.get(socket, '_httpMessage') as ServerResponse | null | undefined)?.headersSent ?? false;
  const code = error.code ?? '';
  const answerable = code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT';
  if (!answerable || !socket.writable || begun) return void socket.destroy();
  const problem = REFUSED_BYTES[code] ?? NOT_HTTP;
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

export function explain(service: Listening, { name, host, port }: Listener, error: NodeJS.ErrnoException): Error {
  if (error.code === 'EADDRINUSE') {
    const key = `${name}Port`;
    const option = key in service.config.schema.shape ? ` with ${environmentName(service.config, key)}` : '';
    const advice = `Stop what uses it, or choose another port${option} (docs/reference/configuration.md).`;
    return new ConfigError(service.name, [`Port ${port} on ${host} (listener "${name}") is in use. ${advice}`]);
  }
  return error.code === 'EACCES'
    ? new ConfigError(service.name, [`Port ${port} (listener "${name}"): ${error.message}`])
    : error;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that is kept alive becomes idle only after its last answer has left.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL_MS);
  const limit = setTimeout(() => server.closeAllConnections(), DRAIN_LIMIT_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
}
