import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createTestCa, type TestCa } from '@kakunin/testing/test-ca';

export interface Seen {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** Common name of the client certificate. */
  readonly caller: string | undefined;
}

/** What is answered; `close` destroys the connection instead, `silence` leaves it open. */
export type Play =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: Uint8Array | string;
    }
  | 'close'
  | 'silence';

export type Playing = (request: Seen) => Play | Promise<Play>;

/** A server that plays what a test tells it to, over mutual TLS or plain HTTP. */
export class PlayingServer {
  readonly seen: Seen[] = [];
  connections = 0;
  #playing: Playing = () => ({ status: 404 });
  readonly #server: http.Server | https.Server;

  private constructor(server: http.Server | https.Server) {
    this.#server = server;
    server.on(server instanceof https.Server ? 'secureConnection' : 'connection', () => (this.connections += 1));
    server.on('request', (request, response) => {
      this.#serve(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  /** @param ca plain HTTP when left out */
  static async start(ca?: TestCa): Promise<PlayingServer> {
    const own = await ca?.issueServer();
    const playing = new PlayingServer(
      own && ca
        ? https.createServer({
            key: own.keyPem,
            cert: own.certificatePem,
            ca: ca.certificatePem,
            requestCert: true,
            rejectUnauthorized: false,
          })
        : http.createServer(),
    );
    await playing.listen(0);
    return playing;
  }

  /** How many connections are open now. */
  open(): Promise<number> {
    return new Promise((resolve) => this.#server.getConnections((_, count) => resolve(count)));
  }

  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', () => resolve()));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#server instanceof https.Server ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  /** Forgets what it saw, and plays this from now on: one after the other, the last for ever. */
  play(...plays: readonly [Playing | Play, ...(Playing | Play)[]]): void {
    this.seen.length = 0;
    this.#playing = (request) => {
      const next = plays[Math.min(this.seen.length, plays.length) - 1]!;
      return typeof next === 'function' ? next(request) : next;
    };
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { url: path = '', headers, socket } = request;
    const caller = (socket as Partial<TLSSocket>).getPeerCertificate?.()?.subject?.CN?.toString();
    const seen = { path, headers, body: Buffer.concat(chunks), caller };
    this.seen.push(seen);
    const play = await this.#playing(seen);
    if (play === 'silence') return;
    if (play === 'close') socket.destroy();
    else response.writeHead(play.status ?? 200, play.headers).end(play.body);
  }
}

/** A TLS authority with a server and clients, apart from the authority whose certificates are asked about. */
export const createTlsCa = (): Promise<TestCa> => createTestCa({ subject: [['CN', 'TLS CA']] });
