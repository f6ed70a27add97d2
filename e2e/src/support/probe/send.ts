import { type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';

/** What is sent, as it is: nothing is tidied up. */
export interface Sent {
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** It was told to go on (RFC 9110, 10.1.1). */
  readonly continued: boolean;
}

/** Nobody here needs as long. */
const PATIENCE_MS = 2_000;

/** Sends one request over a connection of its own. @returns undefined when no whole answer comes */
export function send({ port, method, path, headers = {}, body }: Sent): Promise<HttpAnswer | undefined> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers, agent: false, timeout: PATIENCE_MS });
    let continued = false;
    sent.on('timeout', () => sent.destroy());
    sent.on('error', () => resolve(undefined));
    sent.on('continue', () => {
      continued = true;
      sent.end(body);
    });
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', () => resolve(undefined));
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode: status = 0 } = response;
        resolve({ status, headers: response.headers, body: Buffer.concat(chunks), continued });
        sent.destroy();
      });
    });
    if (headers['expect'] === undefined) sent.end(body);
    else sent.flushHeaders();
  });
}

/** @throws Error when nobody listens */
export function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.on('error', reject);
  });
}

/** A connection on which these octets are sent, and then nothing more, for as long as `meanwhile` takes. */
export async function whileSilent<T>(port: number, octets: string, meanwhile: () => Promise<T>): Promise<T> {
  const socket = await openSocket(port);
  socket.write(octets);
  try {
    return await meanwhile();
  } finally {
    socket.destroy();
  }
}
