import { Socket } from 'node:net';

/** Called with the socket as `this`; the octets are valid until it returns. */
type OnRead = (this: Socket, length: number, octets: Buffer) => void;

type Reader = Socket & { [handleKey]: { useUserBuffer?: (buffer: Buffer) => void } | null } & Record<symbol, unknown>;

const handleKey = '_handle';

/** All sockets of this thread are read into it, one after another: none allocates, and none keeps a buffer while idle. */
const shared = Buffer.allocUnsafeSlow(65_536);
const { bufferKey, callbackKey } = findKeys();

/** Node keeps the buffer and the callback of the option `onread` under symbols of its own: found by these values. */
function findKeys(): { bufferKey: symbol | undefined; callbackKey: symbol | undefined } {
  const callback = () => true;
  const probe = new Socket({ onread: { buffer: shared, callback } }) as Reader;
  const keys = Object.getOwnPropertySymbols(probe);
  return {
    bufferKey: keys.find((key) => probe[key] === shared),
    callbackKey: keys.find((key) => probe[key] === callback),
  };
}

/**
 * Gives a socket that a server accepted what `new Socket({ onread })` gives others. By 'data' events a request costs a
 * third more CPU, most of it for the 64 kB that each read allocates.
 * @returns false where Node keeps the option otherwise, and for a socket that has octets in its stream already
 */
export function setOnread(socket: Socket, onRead: OnRead): boolean {
  const reader = socket as Reader;
  const handle = reader[handleKey];
  if (!bufferKey || !callbackKey || !handle?.useUserBuffer || socket.readableLength > 0) return false;
  reader[bufferKey] = shared;
  reader[callbackKey] = onRead;
  handle.useUserBuffer(shared);
  return true;
}

/** What arrives from now on comes as 'data' events again. */
export function unsetOnread(socket: Socket): void {
  const reader = socket as Reader;
  if (callbackKey && reader[callbackKey]) reader[callbackKey] = pushCopy;
}

function pushCopy(this: Socket, length: number, octets: Buffer): boolean {
  return this.push(Buffer.from(octets.subarray(0, length)));
}
