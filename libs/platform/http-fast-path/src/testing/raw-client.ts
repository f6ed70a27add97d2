import { connect, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface RawExchange {
  readonly port: number;
  /** Each is sent when the server has had time to read the one before. */
  readonly pieces: readonly Uint8Array[];
  readonly tls?: ConnectionOptions;
}

/** What came, and the port that it came to. */
export interface Received {
  readonly octets: Buffer;
  readonly localPort: number;
}

/** Sends octets, closes its half of the connection, and gives all that comes until the server closes the other. */
export async function exchangeOctets({ port, pieces, tls }: RawExchange): Promise<Received> {
  const socket = await openSocket(port, tls);
  const localPort = socket.localPort!;
  const received: Buffer[] = [];
  socket.on('data', (octets: Buffer) => received.push(octets));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  for (const piece of pieces) {
    socket.write(piece);
    await nextTurn();
    await nextTurn();
  }
  socket.end();
  await closed;
  return { octets: Buffer.concat(received), localPort };
}

/** A connection whose server may close it whenever it likes. */
export function openSocket(port: number, tls?: ConnectionOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true };
    const socket = tls ? connectTls({ ...options, ...tls }) : connect(options);
    socket.once('error', reject);
    socket.once(tls ? 'secureConnect' : 'connect', () => {
      socket.off('error', reject);
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}
