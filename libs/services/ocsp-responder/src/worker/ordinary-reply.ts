import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '@kakunin/calendar';
import type { Customer } from '../answering/caller-connection.ts';
import type { EncodedAnswer, Reply } from '../answering/engine.ts';
import type { RefusalCode } from '../answering/refusal.ts';
import { cachingHeaders, matchesEntityTag, NOT_CACHED } from '../http/http-caching.ts';
import { OCSP_RESPONSE } from '../http/media-types.ts';
import { refusedBody, refusedHeaders } from '../http/refused-response.ts';

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

  answered(answer: EncodedAnswer, { charged }: Customer): void {
    const { thisUpdate, nextUpdate, hasNonce } = answer;
    const body = answer.response.subarray(answer.bodyStart);
    const cacheable = this.#request.method === 'GET' && !hasNonce;
    const headers = cacheable
      ? cachingHeaders({ body, thisUpdate, nextUpdate, charged }, this.#clock.now())
      : NOT_CACHED;
    const { etag } = headers;
    if (etag !== undefined && matchesEntityTag(this.#request.headers['if-none-match'], etag)) {
      this.#response.writeHead(304, headers).end();
      return;
    }
    this.#send({ ...headers, 'content-type': OCSP_RESPONSE }, body);
  }

  refused(code: RefusalCode): void {
    const send = (): void => this.#send(refusedHeaders(code), refusedBody(code));
    if (code === 'too_many_connections') this.#response.setHeader('connection', 'close');
    // Answered once there is room again: until then nothing more of this connection is taken.
    if (code === 'rate_limited') setTimeout(send, 1_000 - (this.#clock.now() % 1_000));
    else send();
  }

  #send(headers: Readonly<Record<string, string>>, body: Uint8Array): void {
    this.#response.writeHead(200, { ...headers, 'content-length': body.length }).end(body);
  }
}
