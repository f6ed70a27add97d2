import type { Socket } from 'node:net';
import { withConnectionClose } from './connection-close.ts';
import { FastExchange } from './fast-exchange.ts';
import type { Connection, LongResponse } from './fast-path.ts';
import type { FastServer } from './fast-server.ts';
import { KeptOctets } from './kept-octets.ts';
import type { KnownHead } from './known-heads.ts';
import { LongBody } from './long-body.ts';
import { refuse, type RefusalCode } from './refuse.ts';

/** What arrives while an answer is outstanding waits; beyond this the socket is read no further. */
const KEPT_LIMIT = 65_536;

/** One connection on the fast way: octets in, one request at a time to the owner, answers out in the same order. */
export class FastConnection<Route, State> implements Connection<State> {
  readonly socket: Socket;
  state: State | undefined = undefined;
  /** The server's count of sweeps when the present request began, or the last answer went. */
  since: number;
  readonly #server: FastServer<Route, State>;
  readonly #kept = new KeptOctets();
  /** The head that was read last: nearly always the next one too. */
  #lastHead: KnownHead<Route> | undefined = undefined;
  /** The head of the request whose body has not arrived whole. */
  #head: KnownHead<Route> | undefined = undefined;
  /** The request whose answer is outstanding. */
  #exchange: FastExchange<Route, State> | undefined = undefined;
  /** The answer that is on its way, a piece at a time. */
  #long: LongBody | undefined = undefined;
  /** Its head. */
  #askedHead: KnownHead<Route> | undefined = undefined;
  /** What it has asked first was due from the beginning. */
  #asked = false;
  #pausedByOwner = false;
  /** Answers fill the socket's buffer: the client takes them too slowly. */
  #choked = false;
  /** The client has sent everything. */
  #ended = false;
  /** Nothing more is read or answered here: closed, refused, or handed over. */
  #left = false;
  #advancing = false;

  constructor(server: FastServer<Route, State>, socket: Socket) {
    this.#server = server;
    this.socket = socket;
    this.since = server.sweeps;
  }

  get open(): boolean {
    return !this.socket.destroyed;
  }

  get left(): boolean {
    return this.#left;
  }

  /** Between two requests, or before the first: closing it now takes nothing from anybody. */
  get quiet(): boolean {
    return !this.#exchange && !this.#long && !this.#head && this.#kept.length === 0 && this.socket.writableLength === 0;
  }

  /** Whose turn it is: the owner's to answer (or to resume), the client's to go on with a request or to take an answer. */
  get waitsFor(): 'owner' | 'client' | 'nothing' {
    if (this.#exchange || this.#pausedByOwner) return 'owner';
    return this.#asked && this.quiet ? 'nothing' : 'client';
  }

  pause(): void {
    this.#pausedByOwner = true;
  }

  resume(): void {
    this.#pausedByOwner = false;
    this.#proceedSoon();
  }

  /** Takes octets from the socket; they are not used after this returns. */
  receive(octets: Buffer, length: number): void {
    if (this.#left) return;
    if (this.#asked && !this.#head && this.#kept.length === 0) this.since = this.#server.sweeps;
    if (this.#kept.length > 0 || !this.#free) return this.#keep(octets.subarray(0, length));
    const used = this.#advance(octets, length);
    if (used < length && !this.#left) this.#keep(octets.subarray(used, length));
  }

  /** The client has closed its half: what it asked is answered, half a request is refused. */
  end(): void {
    this.#ended = true;
    this.#proceed();
  }

  drained(): void {
    if (this.#long) return this.#goOn(this.#long);
    this.#choked = false;
    this.#proceed();
  }

  closed(): void {
    this.#left = true;
    this.#long?.end();
    this.#server.forget(this);
  }

  /**
   * @param last the connection ends after it, and the head says so
   * @throws Error when the exchange was answered before
   */
  send(exchange: FastExchange<Route, State>, octets: Uint8Array, last = this.#server.draining): boolean {
    this.#take(exchange);
    if (this.#left || this.socket.destroyed) return true;
    this.#server.figures.requests++;
    this.since = this.#server.sweeps;
    this.#choked = !this.socket.write(last ? withConnectionClose(octets) : octets);
    if (last) this.leave();
    else if (!this.#advancing && (this.#ended || this.#kept.length > 0)) this.#proceedSoon();
    return this.socket.writableLength === 0;
  }

  /** @throws Error when the exchange was answered before */
  sendLong(exchange: FastExchange<Route, State>, long: LongResponse): void {
    this.#take(exchange);
    const head = this.#server.draining ? withConnectionClose(long.head) : long.head;
    const body = new LongBody(this.socket, { ...long, head });
    if (this.#left || this.socket.destroyed) return body.end();
    this.#server.figures.requests++;
    this.#long = body;
    this.#goOn(body);
  }

  /** @throws Error when the exchange was answered before, or has a body */
  passOn(exchange: FastExchange<Route, State>): void {
    const head = this.#askedHead;
    if (!head || head.bodyLength > 0) throw new Error('A request with a body cannot be passed on.');
    // What came behind it in the same octets is kept first.
    if (this.#advancing) return process.nextTick(() => this.passOn(exchange));
    this.#take(exchange);
    if (this.#left) return;
    const rest = Buffer.concat([head.octets, this.#kept.view]);
    this.#kept.dropFirst(this.#kept.length);
    this.#handOver(rest);
  }

  /** Closes the connection once what was answered has been taken. */
  leave(): void {
    this.#left = true;
    this.socket.destroySoon();
  }

  /** Refuses what the client did not bring to its end. */
  refuse(code: RefusalCode): void {
    this.#left = true;
    refuse(this.#server.server, this.socket, code);
  }

  get #free(): boolean {
    return !this.#exchange && !this.#long && !this.#pausedByOwner && !this.#choked && !this.#left;
  }

  #take(exchange: FastExchange<Route, State>): void {
    if (exchange !== this.#exchange) throw new Error('This request was already answered.');
    this.#exchange = undefined;
  }

  /** The client takes it: each piece has the whole limit. */
  #goOn(body: LongBody): void {
    this.since = this.#server.sweeps;
    if (body.write()) return;
    this.#long = undefined;
    if (this.#server.draining) this.leave();
    else this.#proceedSoon();
  }

  #keep(octets: Buffer): void {
    this.#kept.append(octets);
    this.#proceed();
    if (!this.#free && !this.#left && this.#kept.length > KEPT_LIMIT) this.socket.pause();
  }

  /** Never from within `respond`, lest the owner be asked while it answers. */
  #proceedSoon(): void {
    process.nextTick(() => this.#proceed());
  }

  #proceed(): void {
    if (!this.#free || this.#advancing) return;
    if (this.#kept.length > 0) {
      const octets = this.#kept.view;
      this.#kept.dropFirst(this.#advance(octets, octets.length));
    }
    if (!this.#free) return;
    if (this.socket.isPaused()) this.socket.resume();
    if (this.#ended && (this.#head || this.#kept.length > 0)) this.refuse('HPE_INVALID_EOF_STATE');
    else if (this.#ended || (this.#server.closing && this.quiet)) this.leave();
  }

  /** Asks the owner about the requests that the octets hold. @returns how many octets were used */
  #advance(octets: Buffer, length: number): number {
    let at = 0;
    this.#advancing = true;
    while (this.#free && at < length) {
      const head = this.#head ?? this.#readHead(octets, at, length);
      if (head === 'incomplete') break;
      if (head === 'ordinary') {
        this.#handOver(octets.subarray(at, length));
        at = length;
        break;
      }
      if (!this.#head) at += head.octets.length;
      this.#head = length - at < head.bodyLength ? head : undefined;
      if (this.#head) break;
      at += head.bodyLength;
      this.#ask(head, octets.subarray(at - head.bodyLength, at));
    }
    this.#advancing = false;
    return at;
  }

  #readHead(octets: Buffer, at: number, length: number): KnownHead<Route> | 'incomplete' | 'ordinary' {
    const last = this.#lastHead?.octets;
    const end = at + (last?.length ?? 0);
    if (last && end <= length && octets.compare(last, 0, last.length, at, end) === 0) return this.#lastHead!;
    const head = this.#server.heads.read(octets.subarray(at, length));
    if (typeof head === 'object') this.#lastHead = head;
    return head;
  }

  #ask(head: KnownHead<Route>, body: Buffer): void {
    this.#asked = true;
    this.#askedHead = head;
    this.#exchange = new FastExchange(head.route, this);
    this.#server.options.onRequest(this.#exchange, body);
  }

  #handOver(rest: Buffer): void {
    this.#left = true;
    this.#server.handOver(this, Buffer.from(rest), this.#ended);
  }
}
