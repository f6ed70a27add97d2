import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type HttpResponse, takeResponses } from './http-response.ts';

/** Above the responder's own limit for a request: whoever gets nothing for this long hangs. */
const HANG_MS = 40_000;

/** One request after another, over a connection that is opened again when the server has closed it. */
export class KeptConnection {
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** @throws Error when no response comes */
  async ask(octets: Uint8Array): Promise<HttpResponse> {
    if (this.#socket?.destroyed || this.#socket?.readableEnded) this.close();
    const socket = (this.#socket ??= await open(this.#port));
    const response = await receive(socket, octets, ({ responses }) => responses[0]);
    if (!response) throw new Error('the connection was closed without an answer');
    if (response.last) this.close();
    return response;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}

/**
 * Sends octets over a connection of their own and closes its half: no HTTP that can be relied on.
 * @throws Error when the server neither answers nor closes, or ends in the middle of a response
 */
export async function sendStream(port: number, pieces: readonly Uint8Array[]): Promise<readonly HttpResponse[]> {
  const socket = await open(port);
  const octets = Buffer.concat(pieces);
  for (const piece of pieces.slice(0, -1)) await new Promise((resolve) => socket.write(piece, resolve));
  let taken: ReturnType<typeof takeResponses> = { responses: [], rest: Buffer.alloc(0) };
  const received = receive(socket, pieces.at(-1) ?? octets, (all) => void (taken = all));
  socket.end();
  await received;
  if (taken.rest.length > 0)
    throw new Error(`the connection was closed within a response: ${taken.rest.toString('latin1')}`);
  return taken.responses;
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  await once(socket, 'connect');
  return socket.on('error', () => {});
}

/** Sends, and receives until there is what is looked for, or the server closes. */
function receive<T>(
  socket: Socket,
  octets: Uint8Array,
  look: (all: ReturnType<typeof takeResponses>) => T | undefined,
): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const hang = setTimeout(() => finish(() => reject(new Error('no answer'))), HANG_MS);
    const onClose = (): void => finish(() => resolve(undefined));
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      const found = look(takeResponses(received));
      if (found !== undefined) finish(() => resolve(found));
    };
    const finish = (settle: () => void): void => {
      clearTimeout(hang);
      socket.off('close', onClose).off('end', onClose).off('data', onData);
      settle();
    };
    socket.on('data', onData).once('close', onClose).once('end', onClose);
    socket.write(octets);
  });
}
