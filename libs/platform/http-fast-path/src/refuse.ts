import type { Server } from 'node:http';
import type { Socket } from 'node:net';

const REFUSALS = {
  HPE_INVALID_EOF_STATE: { message: 'The request ended before its end', status: '400 Bad Request' },
  ERR_HTTP_REQUEST_TIMEOUT: { message: 'The request took too long to arrive', status: '408 Request Timeout' },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** Refuses half a request as Node's parser would: by the server's 'clientError' listener, or else in a few words. */
export function refuse(server: Server, socket: Socket, code: RefusalCode): void {
  const { message, status } = REFUSALS[code];
  if (server.emit('clientError', Object.assign(new Error(message), { code }), socket)) return;
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
}
