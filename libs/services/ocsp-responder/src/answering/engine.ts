import type { OcspPath } from '../http/ocsp-path.ts';
import type { CallerConnection, Customer } from './caller-connection.ts';
import type { RefusalCode } from './refusal.ts';

/** What came in, whatever the transport. */
export interface Ask {
  readonly connection: CallerConnection;
  /** The same object for the same path: it may key what is kept per path. */
  readonly path: OcspPath;
  /** DER of the OCSPRequest, or whatever was sent instead: a view that is valid until `answer` returns. */
  readonly body: Uint8Array;
}

/** A signed answer whose usage is recorded. */
export interface EncodedAnswer {
  /** A whole HTTP response to a POST: its head, then the DER. It may lie in a cache: nobody writes to it. */
  readonly response: Buffer;
  /** Where the DER of the OCSPResponse begins in it. */
  readonly bodyStart: number;
  /** Epoch ms, whole seconds. */
  readonly thisUpdate: number;
  /** Epoch ms, whole seconds. */
  readonly nextUpdate: number;
  readonly hasNonce: boolean;
}

/** Takes what is said to one request: exactly one call, during `answer` or later. */
export interface Reply {
  /** False once the caller has gone: nothing needs to be signed or recorded for him any more. */
  readonly wanted: boolean;
  /**
   * @param customer whom it was given to, which says whether others may keep it as well
   * @param receipt value of the header `Kakunin-Receipt`, when the answer was metered now
   */
  answered(answer: EncodedAnswer, customer: Customer, receipt?: string): void;
  refused(code: RefusalCode): void;
}

/** Answers OCSP requests in one worker thread. */
export interface Engine {
  /** The usage of an answer is durable when the reply is told of it. Never throws. */
  answer(ask: Ask, reply: Reply): void;
}
