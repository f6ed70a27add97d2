// Erasable TypeScript without Nest: worker threads that answer load it (`@kakunin/callers/client-certificate`).
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** One look at a connection's certificate serves all its requests; `null`: it has none. */
const seen = new WeakMap<Socket, string | null>();

/**
 * SHA-256 of the client certificate of this connection, lower-case hex; undefined without TLS or without one.
 * The handshake proved that the client holds its key; whether it may come in is decided by who knows the fingerprint.
 */
export function clientFingerprintOf(request: Pick<IncomingMessage, 'socket'>): string | undefined {
  const { socket } = request;
  let fingerprint = seen.get(socket);
  if (fingerprint === undefined) {
    const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
    fingerprint = certificate ? createHash('sha256').update(certificate.raw).digest('hex') : null;
    seen.set(socket, fingerprint);
  }
  return fingerprint ?? undefined;
}
