import http from 'node:http';
import https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { OcspClientError } from './ocsp-client-error.ts';
import { TimeOver, transportError } from './transport-error.ts';

/** One HTTP exchange that is to be made. */
export interface HttpCall {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body?: Uint8Array;
  readonly connections: http.Agent;
  readonly timeoutMs: number;
  /** Longest body of an answer. */
  readonly maxOctets: number;
  readonly signal?: AbortSignal | undefined;
  /** Of all exchanges of one check: `sent` turns true when a connection stands, and stays so. */
  readonly progress: { sent: boolean };
}

/** Any status is an answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** @throws OcspClientError `unreachable` | `tls_failed` | `timed_out` | `aborted` | `malformed_response` when it is too long */
export function exchange(call: HttpCall): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(transportError(call, cause));
    const { url, method, headers, connections: agent, signal } = call;
    const { request: open } = url.protocol === 'https:' ? https : http;
    const request = open(url, { method, headers, agent, ...(signal && { signal }) });
    const limit = setTimeout(() => request.destroy(new TimeOver()), call.timeoutMs);
    request.on('close', () => clearTimeout(limit));
    request.on('error', fail);
    request.on('socket', (socket: TLSSocket) => {
      const established = () => (call.progress.sent = true);
      if (request.reusedSocket) established();
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', established);
    });
    request.on('response', (answer) => {
      const { statusCode: status = 0, headers: answered } = answer;
      readBody(answer, call).then((body) => resolve({ status, headers: answered, body }), fail);
    });
    request.end(call.body);
  });
}

async function readBody(answer: http.IncomingMessage, { maxOctets }: HttpCall): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxOctets) {
      const message = `What was answered is longer than ${maxOctets} bytes. Check the address.`;
      throw new OcspClientError('malformed_response', message, { sent: true, reason: 'too_long' });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
