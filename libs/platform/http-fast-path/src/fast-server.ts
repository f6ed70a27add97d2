import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { FastConnection } from './fast-connection.ts';
import type { Connection, FastPath, FastPathFigures, FastPathOptions } from './fast-path.ts';
import { KnownHeads } from './known-heads.ts';
import { attach, connectionOf, detach } from './taken-socket.ts';

/** Limits are kept to within a tenth, or to within this if that is less. */
const MAX_SWEEP_MS = 1_000;

/** What makes Node's own parser read a socket. */
export type OrdinaryListener = (this: Server, socket: Socket) => void;

/** What the connections of one server share. */
export class FastServer<Route, State> implements FastPath<State> {
  readonly server: Server;
  readonly options: FastPathOptions<Route, State>;
  readonly heads: KnownHeads<Route>;
  readonly figures: FastPathFigures = { requests: 0, handedOver: 0, tooSlow: 0, connections: 0 };
  /** Time as connections know it: one timer for all of them. */
  sweeps = 0;
  /** Each answer is its connection's last. */
  draining = false;
  closing = false;
  readonly #ordinary: OrdinaryListener;
  readonly #connections = new Set<FastConnection<Route, State>>();
  readonly #requestSweeps: number;
  readonly #idleSweeps: number;
  readonly #timer: NodeJS.Timeout;
  #allClosed: (() => void) | undefined = undefined;

  constructor(server: Server, ordinary: OrdinaryListener, options: FastPathOptions<Route, State>) {
    this.server = server;
    this.options = options;
    this.heads = new KnownHeads(options);
    this.#ordinary = ordinary;
    const { requestLimitMs, idleLimitMs } = options;
    const sweepMs = Math.min(MAX_SWEEP_MS, Math.ceil(Math.min(requestLimitMs, idleLimitMs) / 10));
    this.#requestSweeps = Math.ceil(requestLimitMs / sweepMs);
    this.#idleSweeps = Math.ceil(idleLimitMs / sweepMs);
    this.#timer = setInterval(() => this.#sweep(), sweepMs).unref();
    server.once('close', () => clearInterval(this.#timer));
  }

  accept(socket: Socket): void {
    if (this.closing) return void socket.destroy();
    const connection = new FastConnection(this, socket);
    this.#connections.add(connection);
    this.figures.connections++;
    attach(socket, connection);
  }

  /** The connection is closed, or no longer goes the fast way. */
  forget(connection: FastConnection<Route, State>): void {
    if (!this.#connections.delete(connection)) return;
    this.figures.connections--;
    if (this.#connections.size === 0) this.#allClosed?.();
  }

  /** Gives the connection to Node's own parser, which begins with the octets that were not used. */
  handOver(connection: FastConnection<Route, State>, rest: Buffer, ended: boolean): void {
    const { socket } = connection;
    // Its last events are still to come, and need their listeners.
    if (socket.destroyed) return;
    detach(socket);
    this.forget(connection);
    this.figures.handedOver++;
    if (socket.isPaused()) socket.resume();
    const before = new Set(socket.listeners('end'));
    this.#ordinary.call(this.server, socket);
    socket.emit('data', rest);
    if (!ended) return;
    // 'end' comes once, and came already: it is told, in a turn of its own, to the listener that has not heard it.
    const unheard = socket.listeners('end').filter((listener) => !before.has(listener));
    setImmediate(() => unheard.forEach((listener) => listener.call(socket)));
  }

  connectionOf(socket: Socket): Connection<State> | undefined {
    return connectionOf(socket);
  }

  drain(): void {
    this.draining = true;
  }

  async close(limitMs: number): Promise<void> {
    this.draining = true;
    this.closing = true;
    const allClosed = new Promise<void>((resolve) => (this.#allClosed = resolve));
    for (const connection of this.#connections) if (connection.quiet) connection.leave();
    const limit = setTimeout(() => this.#destroyAll(), limitMs);
    if (this.#connections.size > 0) await allClosed;
    clearTimeout(limit);
    clearInterval(this.#timer);
  }

  #destroyAll(): void {
    for (const { socket } of this.#connections) socket.destroy();
  }

  #sweep(): void {
    this.sweeps++;
    for (const connection of this.#connections) {
      const age = this.sweeps - connection.since;
      if (age > this.#requestSweeps || age > this.#idleSweeps) this.#checkLimits(connection, age);
    }
  }

  #checkLimits(connection: FastConnection<Route, State>, age: number): void {
    const { left, socket, waitsFor } = connection;
    if (!left && waitsFor === 'owner') return;
    if (!left && waitsFor === 'nothing') return age > this.#idleSweeps ? connection.leave() : undefined;
    if (age <= this.#requestSweeps) return;
    if (left || socket.writableLength > 0) socket.destroy();
    else connection.refuse('ERR_HTTP_REQUEST_TIMEOUT');
    if (!left) this.figures.tooSlow++;
  }
}
