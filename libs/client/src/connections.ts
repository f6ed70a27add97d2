import http from 'node:http';
import https from 'node:https';
import { createSecureContext } from 'node:tls';
import { OcspClientError } from './ocsp-client-error.ts';
import type { ClientTls, KeepAlive } from './ocsp-client-options.ts';

const MAX_SOCKETS = 64;
const IDLE_MS = 4_000;

/**
 * Kept connections to one server. Keys and certificates are read once, not for each connection.
 * @throws OcspClientError `invalid_input` when they cannot be read
 */
export function keptConnections(
  url: URL,
  { certificate, key, authorities }: ClientTls = {},
  { maxSockets = MAX_SOCKETS, idleMs = IDLE_MS }: KeepAlive = {},
): http.Agent {
  const kept = { keepAlive: true, maxSockets, timeout: idleMs };
  if (url.protocol === 'http:') return new http.Agent(kept);
  try {
    const secureContext = createSecureContext({
      ...(certificate !== undefined && { cert: octets(certificate) }),
      ...(key !== undefined && { key: octets(key) }),
      ...(authorities !== undefined && { ca: [authorities].flat().map(octets) }),
    });
    return new https.Agent({ ...kept, secureContext });
  } catch (cause) {
    throw new OcspClientError(
      'invalid_input',
      '`tls` cannot be used: `certificate`, `key` and `authorities` are PEM, and the key belongs to the certificate.',
      { cause },
    );
  }
}

const octets = (pem: string | Uint8Array): string | Buffer => (typeof pem === 'string' ? pem : Buffer.from(pem));
