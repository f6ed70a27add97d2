import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const ofServers = new WeakMap<Server, Map<string, Socket>>();

const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/** Remembers the connections of an HTTPS server whose handshake goes on: Node itself knows of them only when it is done. */
export function followHandshakes(server: Server): void {
  const handshakes = new Map<string, Socket>();
  ofServers.set(server, handshakes);
  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    handshakes.set(name, socket);
    socket.once('close', () => handshakes.delete(name));
  });
  server.on('secureConnection', (socket: Socket) => handshakes.delete(nameOf(socket)));
}

/** Ends them: nobody has asked anything yet, and a client that is gone would be waited for until the handshake's limit. */
export function endHandshakes(server: Server): void {
  for (const socket of ofServers.get(server)?.values() ?? []) socket.destroy();
}
