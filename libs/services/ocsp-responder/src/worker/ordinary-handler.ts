import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Clock } from '@kakunin/calendar';
import { decodeGetPath } from '@kakunin/ocsp';
import { PROBLEM_JSON, refusal } from '@kakunin/runtime/http-server';
import type { Engine } from '../answering/engine.ts';
import type { StatusSource } from '../answering/status-source.ts';
import { OCSP_REQUEST } from '../http/media-types.ts';
import { parseOcspPath } from '../http/ocsp-path.ts';
import type { AskedPath } from '../http/ocsp-path.ts';
import type { ClientConnections } from './client-connections.ts';
import { OrdinaryReply } from './ordinary-reply.ts';
import { readBody } from './read-body.ts';
import { statusData } from './status-data.ts';

export interface OrdinaryHandlerInput {
  readonly engine: Engine;
  readonly connections: ClientConnections;
  readonly status: StatusSource;
  readonly clock: Clock;
  /** Longer bodies are 413. */
  readonly bodyLimitOctets: number;
}

const NO_OCTETS = new Uint8Array();
const NO_ROUTE = 'There is no such call here: check method and path (docs/reference).';

/** Every request that does not go the fast way: GET, what Node's parser alone understands, and what is to be refused. */
export class OrdinaryHandler {
  readonly #input: OrdinaryHandlerInput;

  constructor(input: OrdinaryHandlerInput) {
    this.#input = input;
  }

  /** @returns a listener of a server's `request` */
  listenerFor(listener: 'plain' | 'mtls'): RequestListener {
    return (request, response) => {
      // As sent: percent-encoding is the request's own affair.
      const path = request.url?.split('?', 1)[0] ?? '/';
      if (!isUrlEncoded(path)) return refuse(response, 400, 'The path is not valid: percent-encode it (RFC 3986).');
      if (path === '/status-data') return statusData(request, response, this.#input.status);
      const asked = parseOcspPath(path);
      if (!asked || (request.method === 'POST' && asked.encodedRequest !== '')) return refuse(response, 404, NO_ROUTE);
      if (request.method === 'GET') return this.#answer({ request, response, listener, asked }, requestIn(asked));
      if (request.method === 'POST') return this.#post({ request, response, listener, asked });
      // HEAD as well: an answer without its body would still be counted.
      response.setHeader('allow', 'GET, POST');
      return refuse(response, 405, 'A request is sent by GET or POST.');
    };
  }

  #post(call: OrdinaryCall): void {
    const { request, response } = call;
    const [mediaType = ''] = (request.headers['content-type'] ?? '').split(';', 1);
    if (mediaType.trim().toLowerCase() !== OCSP_REQUEST) {
      return refuse(response, 415, `A request is sent as ${OCSP_REQUEST}.`);
    }
    readBody(request, this.#input.bodyLimitOctets, (body) => {
      if (body) this.#answer(call, body);
      else refuse(response, 413, 'The body is too large.');
    });
  }

  #answer({ request, response, listener, asked }: OrdinaryCall, body: Uint8Array): void {
    const { engine, connections, clock } = this.#input;
    const reply = new OrdinaryReply(request, response, clock);
    const connection = connections.callerOf(request, listener);
    if (connection) engine.answer({ connection, path: asked.path, body }, reply);
    else reply.refused('too_many_connections');
  }
}

interface OrdinaryCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly listener: 'plain' | 'mtls';
  readonly asked: AskedPath;
}

const requestIn = ({ encodedRequest }: AskedPath): Uint8Array => decodeGetPath(encodedRequest) ?? NO_OCTETS;

function isUrlEncoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function refuse(response: ServerResponse, status: number, detail: string): void {
  const body = JSON.stringify(refusal(status, detail));
  const headers = { 'content-type': PROBLEM_JSON, 'content-length': Buffer.byteLength(body) };
  response.writeHead(status, headers).end(body);
}
