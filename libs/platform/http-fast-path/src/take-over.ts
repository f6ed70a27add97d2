import type { Server as HttpServer } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { Server as TlsServer } from 'node:tls';
import type { FastPath, FastPathOptions } from './fast-path.ts';
import { FastServer, type OrdinaryListener } from './fast-server.ts';

/**
 * Answers a server's ordinary POSTs without node:http, and gives every connection on which anything else arrives to
 * node:http from that octet on. Call it once, before the server listens.
 */
export function takeOver<Route, State = unknown>(
  server: HttpServer | HttpsServer,
  options: FastPathOptions<Route, State>,
): FastPath<State> {
  const event = server instanceof TlsServer ? 'secureConnection' : 'connection';
  // Node attaches its parser in a listener that the server's constructor adds before any other.
  const [ordinary] = server.listeners(event) as OrdinaryListener[];
  if (!ordinary) throw new Error('This server does not read connections itself.');
  const fastServer = new FastServer(server as HttpServer, ordinary, options);
  server.off(event, ordinary);
  server.prependListener(event, (socket) => fastServer.accept(socket));
  return fastServer;
}
