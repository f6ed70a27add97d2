import type { Socket } from 'node:net';
import type { FastConnection } from './fast-connection.ts';
import { setOnread, unsetOnread } from './onread.ts';

const connectionKey = Symbol('connection on the fast path');

// What it asks and remembers is the owner's affair; the events of its socket are the same for all.
// oxlint-disable-next-line typescript/no-explicit-any
type AnyConnection = FastConnection<any, any>;
type TakenSocket = Socket & { [connectionKey]?: AnyConnection };

/** The connection of a socket, also after it was handed over. */
export function connectionOf(socket: Socket): AnyConnection | undefined {
  return (socket as TakenSocket)[connectionKey];
}

/** Leads what happens on the socket to its connection. The listeners are shared: an idle connection costs no closures. */
export function attach(socket: Socket, connection: AnyConnection): void {
  (socket as TakenSocket)[connectionKey] = connection;
  for (const [event, listener] of LISTENERS) socket.on(event, listener);
  if (!setOnread(socket, onRead)) socket.on('data', onData);
  socket.resume();
}

/** The socket is as it was before, except that it reads. */
export function detach(socket: Socket): void {
  for (const [event, listener] of LISTENERS) socket.off(event, listener);
  socket.off('data', onData);
  unsetOnread(socket);
}

const LISTENERS = [
  ['end', onEnd],
  ['drain', onDrain],
  ['close', onClose],
  ['error', onError],
] as const;

function onRead(this: TakenSocket, length: number, octets: Buffer): void {
  this[connectionKey]!.receive(octets, length);
}

function onData(this: TakenSocket, octets: Buffer): void {
  this[connectionKey]!.receive(octets, octets.length);
}

function onEnd(this: TakenSocket): void {
  this[connectionKey]!.end();
}

function onDrain(this: TakenSocket): void {
  this[connectionKey]!.drained();
}

function onClose(this: TakenSocket): void {
  this[connectionKey]!.closed();
}

/** Node closes the socket itself, but for what it says of TLS, such as too many handshakes. */
function onError(this: TakenSocket): void {
  this.destroy();
}
