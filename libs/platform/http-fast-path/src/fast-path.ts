import type { Socket } from 'node:net';

/** One client's connection, for as long as it goes the fast way; the owner's memory of it stays when it no longer does. */
export interface Connection<State = unknown> {
  readonly socket: Socket;
  /** False once the socket is closed: an answer would reach nobody. */
  readonly open: boolean;
  /** The owner's, for example who calls; nothing here reads or writes it. */
  state: State | undefined;
  /** No further request of this connection is begun, and soon none of its octets read, until `resume`. */
  pause(): void;
  resume(): void;
}

/** One request that waits for its one answer. */
export interface Exchange<Route, State = unknown> {
  readonly route: Route;
  readonly connection: Connection<State>;
  /**
   * Sends a whole HTTP/1.1 response, head and body, now or later; without effect once the connection is closed.
   * The octets must not change afterwards, unless the return value is true: then the kernel already has them.
   * @throws Error when this request was already answered
   */
  respond(octets: Uint8Array): boolean;
  /** The same as the connection's last answer; `Connection: close` is added to its head. */
  respondAndClose(octets: Uint8Array): void;
  /**
   * Sends a response whose body is long: a piece at a time, as fast as the client takes it, and each within the limit of a
   * request.
   * @param long.done called once when all but the body's last octets is with the kernel, or the connection is closed
   * @throws Error when this request was already answered
   */
  respondLong(long: LongResponse): void;
  /**
   * Gives the request, and its connection for good, to node:http.
   * @throws Error when this request was already answered, or has a body, which is gone
   */
  passOn(): void;
}

export interface LongResponse {
  readonly head: Uint8Array;
  /** Must not change afterwards. */
  readonly body: Uint8Array;
  readonly done?: () => void;
}

/** What the head of an ordinary request says. */
export interface RequestHead {
  readonly method: 'POST' | 'GET' | 'HEAD';
  /** As sent: begins with `/`, holds only unreserved characters and `/`. */
  readonly path: string;
  /** Names in lower case, values without surrounding spaces; no name comes twice. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface FastPathOptions<Route, State = unknown> {
  /**
   * What an ordinary request with this head is for; undefined sends it the ordinary way. Asked once for each distinct
   * head and then remembered, so it must depend on nothing but the head.
   */
  route(head: RequestHead): Route | undefined;
  /** What goes the fast way: POSTs of one media type, compared exactly, or GET and HEAD. */
  readonly accepts: { readonly post: string } | 'get';
  /** A POST with a longer body goes the ordinary way. */
  readonly maxBodyOctets: number;
  /** A request must have arrived whole, and an answer have been taken, within this. */
  readonly requestLimitMs: number;
  /** A kept connection without a request is closed after this. */
  readonly idleLimitMs: number;
  /** Called for each request, one at a time for each connection. The body (of a GET: none) is a view that is valid until this returns. */
  onRequest(exchange: Exchange<Route, State>, body: Buffer): void;
}

/** Connections taken over from a server of node:http or node:https. */
export interface FastPath<State = unknown> {
  readonly figures: FastPathFigures;
  /** The memory of a connection, also after it was handed to Node's own parser. */
  connectionOf(socket: Socket): Connection<State> | undefined;
  /** From now on each answer is its connection's last, and says so; new connections are taken as before. */
  drain(): void;
  /**
   * Closes idle connections at once, each other one after the answer that is outstanding, all after the limit. New
   * connections are the server's to refuse, and connections that were handed over are its to close.
   */
  close(limitMs: number): Promise<void>;
}

/** Counted since the start, and how many there are now. */
export interface FastPathFigures {
  /** Requests answered on the fast way. */
  requests: number;
  /** Connections handed to Node's own parser. */
  handedOver: number;
  /** Connections closed because a request or the taking of an answer took too long. */
  tooSlow: number;
  /** Connections on the fast way now. */
  connections: number;
}
