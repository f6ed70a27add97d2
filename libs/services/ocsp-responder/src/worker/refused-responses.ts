import type { Clock } from '@kakunin/calendar';
import { ResponseHead } from '@kakunin/http-fast-path';
import { REFUSAL_CODES } from '../answering/refusal.ts';
import type { RefusalCode } from '../answering/refusal.ts';
import { refusedBody, refusedHeaders } from '../http/refused-response.ts';

/** Whole HTTP responses that refuse a request in the protocol's words. */
export class RefusedResponses {
  readonly #heads = new Map<RefusalCode, ResponseHead>();

  constructor(clock: Clock) {
    for (const code of REFUSAL_CODES) {
      const headers = Object.entries(refusedHeaders(code)).map(([name, value]) => `${name}: ${value}`);
      this.#heads.set(code, new ResponseHead(clock, ['HTTP/1.1 200 OK', ...headers]));
    }
  }

  of(code: RefusalCode): Buffer {
    return this.#heads.get(code)!.respond(refusedBody(code));
  }
}
