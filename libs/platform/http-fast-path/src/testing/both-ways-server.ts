import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Exchange, FastPath, FastPathOptions } from '../fast-path.ts';
import { ResponseHead } from '../response-head.ts';
import { takeOver } from '../take-over.ts';

export const CONTENT_TYPE = 'application/ocsp-request';
export const MAX_BODY = 2_000;
const PATHS = ['/ocsp', '/ocsp/bank'];

export interface BothWaysOptions {
  /** False: node:http alone, for comparison. */
  readonly fast?: boolean;
  /** Whether fast answers are given at once or, as by a journal, a little later. */
  readonly later?: boolean;
  readonly tls?: ServerOptions;
  /** As where Node does not offer the shared buffer. */
  readonly dataEvents?: boolean;
  readonly requestLimitMs?: number;
  readonly idleLimitMs?: number;
  readonly maxBodyOctets?: number;
  readonly onRequest?: FastPathOptions<string>['onRequest'];
}

export interface BothWaysServer {
  readonly server: Server;
  readonly port: number;
  readonly fastPath: FastPath | undefined;
  /** Ports of the clients whose last connection sent what is no HTTP. */
  readonly refused: ReadonlySet<number>;
  close(): Promise<void>;
}

/** A server that says of each POST what it got; both ways say the same, but for the header `Way`. */
export async function startServer(options: BothWaysOptions = {}): Promise<BothWaysServer> {
  const { tls, fast = true, requestLimitMs = 30_000 } = options;
  const limits = {
    connectionsCheckingInterval: requestLimitMs / 10,
    requestTimeout: requestLimitMs,
    headersTimeout: requestLimitMs,
  };
  const server = tls
    ? createTlsServer({ allowHalfOpen: true, ...limits, ...tls }, answer)
    : createServer(limits, answer);
  Object.assign(server, { httpAllowHalfOpen: true });
  const refused = rememberRefused(server);
  server.on('clientError', refuse);
  const fastPath = fast ? takeOver(server, fastPathOptions(options)) : undefined;
  if (options.dataEvents) server.prependListener('connection', hideUserBuffer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await fastPath?.close(0);
    await closed;
  };
  return { server, port: (server.address() as AddressInfo).port, fastPath, refused, close };
}

function fastPathOptions(options: BothWaysOptions): FastPathOptions<string> {
  const { later = false, requestLimitMs = 30_000, idleLimitMs = 30_000, maxBodyOctets = MAX_BODY } = options;
  const head = new ResponseHead(Date, ['HTTP/1.1 200 OK', 'Way: fast']);
  const onRequest = (exchange: Exchange<string>, body: Buffer): void => {
    const response = head.respond(Buffer.from(sayWhat(exchange.route, body)));
    if (later) setImmediate(() => exchange.respond(response));
    else exchange.respond(response);
  };
  return {
    route: ({ path }) => (PATHS.includes(path) ? path : undefined),
    accepts: { post: CONTENT_TYPE },
    maxBodyOctets,
    requestLimitMs,
    idleLimitMs,
    onRequest: options.onRequest ?? onRequest,
  };
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const known = PATHS.includes(request.url ?? '') && request.headers['content-type'] === CONTENT_TYPE;
    const status = request.method !== 'POST' ? 405 : !known ? 404 : body.length > MAX_BODY ? 413 : 200;
    const text = status === 200 ? sayWhat(request.url!, body) : '';
    response.writeHead(status, { way: 'ordinary', 'content-length': text.length }).end(text);
  });
}

function hideUserBuffer(socket: Socket): void {
  Object.defineProperty(Reflect.get(socket, '_handle'), 'useUserBuffer', { value: undefined });
}

function rememberRefused(server: Server): ReadonlySet<number> {
  const refused = new Set<number>();
  server.on('connection', ({ remotePort }) => void refused.delete(remotePort!));
  server.on('clientError', (_error, socket) => void refused.add((socket as Socket).remotePort!));
  return refused;
}

/** In order: Node speaks of broken octets before it has given the answers to requests that came before them. */
function refuse(_error: Error, socket: Duplex): void {
  setImmediate(() => socket.end('HTTP/1.1 400 Bad Request\r\nWay: refused\r\nContent-Length: 0\r\n\r\n'));
}

function sayWhat(path: string, body: Buffer): string {
  return `${path}:${body.toString('base64')}`;
}
