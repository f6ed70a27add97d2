import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '@kakunin/calendar';
import type { Customer } from '../answering/caller-connection.ts';
import type { EncodedAnswer, Reply } from '../answering/engine.ts';
import type { RefusalCode } from '../answering/refusal.ts';
import { cachingHeaders, matchesEntityTag, NOT_CACHED } from '../http/http-caching.ts';
import { OCSP_RESPONSE } from '../http/media-types.ts';
import { RECEIPT_HEADER } from '../http/receipt-header.ts';
import { refusedBody, refusedHeaders, untilNextSecond } from '../http/refused-response.ts';

/** Refusals of one connection that wait for the next second. */
const waiting = new WeakMap<Socket, number>();
/** Who sends more at once does not wait for answers. */
const MOST_WAITING = 16;

/** Says the engine's answer over node:http. */
export class OrdinaryReply implements Reply {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #clock: Clock;

  constructor(request: IncomingMessage, response: ServerResponse, clock: Clock) {
    this.#request = request;
    this.#response = response;
    this.#clock = clock;
  }

  get wanted(): boolean {
    return !this.#response.destroyed;
  }

  answered(answer: EncodedAnswer, { charged }: Customer, receipt?: string): void {
    const { thisUpdate, nextUpdate, hasNonce } = answer;
    const body = answer.response.subarray(answer.bodyStart);
    const cacheable = this.#request.method === 'GET' && !hasNonce;
    const caching = cacheable
      ? cachingHeaders({ body, thisUpdate, nextUpdate, charged }, this.#clock.now())
      : NOT_CACHED;
    // What is metered is charged, so no cache that others share keeps a receipt: there it says `private`, or `no-store`.
    const headers = receipt === undefined ? caching : { ...caching, [RECEIPT_HEADER]: receipt };
    const { etag } = caching;
    if (etag !== undefined && matchesEntityTag(this.#request.headers['if-none-match'], etag)) {
      this.#response.writeHead(304, headers).end();
      return;
    }
    this.#send({ ...headers, 'content-type': OCSP_RESPONSE }, body);
  }

  refused(code: RefusalCode): void {
    if (code === 'rate_limited') return this.#refuseLater(code);
    if (code === 'too_many_connections') this.#response.setHeader('connection', 'close');
    this.#send(refusedHeaders(code), refusedBody(code));
  }

  /** Once there is room again: a client that waits for its answers asks nothing more until then, another is cut off. */
  #refuseLater(code: RefusalCode): void {
    const { socket } = this.#request;
    const before = waiting.get(socket) ?? 0;
    if (before >= MOST_WAITING) return void socket.destroy();
    waiting.set(socket, before + 1);
    setTimeout(() => {
      waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
      this.#send(refusedHeaders(code), refusedBody(code));
    }, untilNextSecond(this.#clock.now()));
  }

  #send(headers: Readonly<Record<string, string>>, body: Uint8Array): void {
    this.#response.writeHead(200, { ...headers, 'content-length': body.length }).end(body);
  }
}
