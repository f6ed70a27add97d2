import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ConfigError } from './config/config-error.ts';
import type { Listener } from './service.ts';

/** A listener that is open. */
export interface OpenListener {
  readonly name: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A client that holds a connection open without a request is let go after this; so is one that sends slowly. */
const HEADERS_LIMIT_MS = 10_000;
const REQUEST_LIMIT_MS = 300_000;
/** On closing, requests in hand get this long. */
const DRAIN_LIMIT_MS = 5_000;
const SWEEP_INTERVAL_MS = 20;

/** Opens one HTTP or HTTPS server. @throws ConfigError when the port is taken or a TLS file cannot be read */
export async function openListener(
  service: string,
  listener: Listener,
  handle: RequestListener,
): Promise<OpenListener> {
  const server = createServer(service, listener, handle);
  server.headersTimeout = HEADERS_LIMIT_MS;
  server.requestTimeout = listener.requestLimitMs ?? REQUEST_LIMIT_MS;
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

function createServer(service: string, { name, tls }: Listener, handle: RequestListener): Server {
  if (!tls) return createHttpServer(handle);
  try {
    return createHttpsServer(
      {
        cert: readFileSync(tls.certificateFile),
        key: readFileSync(tls.keyFile),
        minVersion: 'TLSv1.2',
        // Any certificate is let in to the application, which knows its callers by fingerprint and refuses the
        // others in the protocol's own words. The handshake proves possession of the key either way.
        requestCert: true,
        rejectUnauthorized: false,
      },
      handle,
    );
  } catch (error) {
    throw new ConfigError(service, [`TLS of listener "${name}": ${(error as Error).message}`]);
  }
}

export function explain(service: string, { name, host, port }: Listener, error: NodeJS.ErrnoException): Error {
  if (error.code === 'EADDRINUSE') {
    const advice = 'Stop what uses it, or choose another port (docs/reference/configuration.md).';
    return new ConfigError(service, [`Port ${port} on ${host} (listener "${name}") is in use. ${advice}`]);
  }
  return error.code === 'EACCES'
    ? new ConfigError(service, [`Port ${port} (listener "${name}"): ${error.message}`])
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
