import type { Clock } from '@kakunin/calendar';
import type { Connection, Exchange, FastPathOptions, RequestHead } from '@kakunin/http-fast-path';
import type { CallerConnection, Customer } from '../answering/caller-connection.ts';
import type { EncodedAnswer, Engine, Reply } from '../answering/engine.ts';
import type { RefusalCode } from '../answering/refusal.ts';
import { OCSP_REQUEST } from '../http/media-types.ts';
import { parseOcspPath } from '../http/ocsp-path.ts';
import type { OcspPath } from '../http/ocsp-path.ts';
import { withReceipt } from '../http/receipt-header.ts';
import { untilNextSecond } from '../http/refused-response.ts';
import type { ClientConnections } from './client-connections.ts';
import type { RefusedResponses } from './refused-responses.ts';

export interface FastHandlerInput {
  readonly engine: Engine;
  readonly connections: ClientConnections;
  readonly refusals: RefusedResponses;
  readonly clock: Clock;
  /** Longer bodies are 413. */
  readonly bodyLimitOctets: number;
  readonly requestLimitMs: number;
  readonly idleLimitMs: number;
}

type FastExchange = Exchange<OcspPath, CallerConnection>;

/** Longer requests are rare: they take the ordinary way. Sixteen certificates fit. */
const MAX_BODY_OCTETS = 2_048;

/** What goes the fast way, and how it is answered. */
export function fastPathOptions(
  listener: 'plain' | 'mtls',
  input: FastHandlerInput,
): FastPathOptions<OcspPath, CallerConnection> {
  const { engine, connections, bodyLimitOctets, requestLimitMs, idleLimitMs } = input;
  return {
    accepts: { post: OCSP_REQUEST },
    maxBodyOctets: Math.min(MAX_BODY_OCTETS, bodyLimitOctets),
    requestLimitMs,
    idleLimitMs,
    route: routeOf,
    onRequest(exchange, body) {
      const reply = new FastReply(exchange, input);
      const { connection } = exchange;
      const caller = (connection.state ??= connections.ofSocket(connection.socket, listener));
      if (caller) engine.answer({ connection: caller, path: exchange.route, body }, reply);
      else reply.refused('too_many_connections');
    },
  };
}

/** A header that says who calls counts from some addresses only: the ordinary way knows them. */
function routeOf({ path, headers }: RequestHead): OcspPath | undefined {
  if (headers.has('client-cert')) return undefined;
  const asked = parseOcspPath(path);
  return asked?.encodedRequest === '' ? asked.path : undefined;
}

class FastReply implements Reply {
  readonly #exchange: FastExchange;
  readonly #input: FastHandlerInput;

  constructor(exchange: FastExchange, input: FastHandlerInput) {
    this.#exchange = exchange;
    this.#input = input;
  }

  get wanted(): boolean {
    return this.#exchange.connection.open;
  }

  answered({ response, bodyStart }: EncodedAnswer, _customer: Customer, receipt?: string): void {
    this.#exchange.respond(receipt === undefined ? response : withReceipt(response, bodyStart, receipt));
  }

  refused(code: RefusalCode): void {
    const response = this.#input.refusals.of(code);
    if (code === 'too_many_connections') return this.#exchange.respondAndClose(response);
    if (code === 'rate_limited') this.#rest(this.#exchange.connection);
    this.#exchange.respond(response);
  }

  /** Nothing more is read until there is room again: a greedy caller costs nothing meanwhile. */
  #rest(connection: Connection): void {
    connection.pause();
    setTimeout(() => connection.resume(), untilNextSecond(this.#input.clock.now()));
  }
}
