// Erasable TypeScript without Nest: worker threads that answer HTTP themselves load it (`@kakunin/runtime/http-server`).
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { continueInTurn } from './continue-in-turn.ts';
import { endHandshakes, followHandshakes } from './handshakes.ts';
import { refuseBytes } from './refused-bytes.ts';

export { PROBLEM_JSON, problemOf, refusal, type Problem } from '../problems/problem.ts';

/** A client that holds a connection open without a request is let go after this; so is one that sends slowly. */
export const HEADERS_LIMIT_MS = 10_000;
const REQUEST_LIMIT_MS = 300_000;
/** Nothing was sent either way for this long: longer than any answer, and any pause in an upload, takes. */
export const IDLE_LIMIT_MS = 300_000;
/** How often Node looks for requests over their limit; its own 30 s would stretch the limits by as much. */
const LIMITS_CHECK_MS = 1_000;
/** On closing, requests in hand get this long. */
const DRAIN_LIMIT_MS = 5_000;
const SWEEP_INTERVAL_MS = 20;

export interface HttpServerOptions {
  /** How long one request may take to arrive, ms; default five minutes, longer where whole registers are uploaded. */
  readonly requestLimitMs?: number | undefined;
  /** With it the server speaks HTTPS, and asks for a client certificate; who may do what is the callers' affair. */
  readonly tls?: Pick<ServerOptions, 'cert' | 'key' | 'ticketKeys' | 'sessionIdContext'> | undefined;
}

/** An HTTP or HTTPS server with the limits that all of ours have; it does not listen yet. @throws when `tls` is unusable */
export function createServer({ requestLimitMs, tls }: HttpServerOptions, handle: RequestListener): Server {
  const server = tls
    ? createHttpsServer(
        {
          ...tls,
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
      )
    : createHttpServer({ connectionsCheckingInterval: LIMITS_CHECK_MS }, handle);
  server.headersTimeout = HEADERS_LIMIT_MS;
  server.requestTimeout = requestLimitMs ?? REQUEST_LIMIT_MS;
  server.timeout = IDLE_LIMIT_MS;
  server.on('clientError', refuseBytes);
  continueInTurn(server);
  if (tls) followHandshakes(server);
  // Who has sent everything may close its half of the connection: what was asked, and perhaps charged, is answered.
  return Object.assign(server, { httpAllowHalfOpen: true });
}

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Several servers, of several threads, take turns at the port. */
  readonly reusePort?: boolean;
}

/** @returns the port */
export function listen(server: Server, options: ListenOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** From now on each answer is its connection's last, and says so (RFC 9112, 9.6): callers that keep connections go elsewhere. */
export function drainServer(server: Server): void {
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
}

/** Takes no more connections, lets requests in hand finish, and ends. */
export async function closeServer(server: Server): Promise<void> {
  drainServer(server);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  endHandshakes(server);
  // A connection that is kept alive becomes idle only after its last answer has left.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_INTERVAL_MS);
  const limit = setTimeout(() => server.closeAllConnections(), DRAIN_LIMIT_MS);
  await closed;
  clearInterval(sweep);
  clearTimeout(limit);
}
