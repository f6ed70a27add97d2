import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { ServiceCallError } from './service-call-error.ts';

/** Silence on the connection that counts as "does not answer", milliseconds. */
const SILENCE = 60_000;
const MAX_ANSWER = 64 * 1024 * 1024;

export interface TlsMaterial {
  /** What vouches for the service's certificate (PEM). */
  readonly ca?: Buffer;
  /** The caller's client certificate (PEM) and key. */
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export interface Exchange {
  /** As people call it: "linkage registry". */
  readonly service: string;
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | Readable;
  readonly tls: TlsMaterial;
}

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: http.IncomingMessage;
}

/** One HTTP exchange; any status is an answer. @throws ServiceCallError `unreachable` | `input_failed` */
export function exchange(input: Exchange): Promise<Answer> {
  const { method, headers, body, tls } = input;
  const options = { method, headers, timeout: SILENCE };
  return new Promise((resolve, reject) => {
    const request = openRequest(input, options, tls);
    request.on('response', (answer) => {
      // An early answer is a refusal: what was not sent yet need not be.
      answer.on('end', () => request.writableEnded || request.destroy());
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer });
    });
    request.on('timeout', () => request.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
    request.on('error', (cause) => reject(unreachable(input, cause)));
    if (body instanceof Uint8Array || body === undefined) {
      request.end(body);
      return;
    }
    body.on('error', (cause) => {
      reject(
        new ServiceCallError('input_failed', `The input could not be read to its end: ${cause.message}`, { cause }),
      );
      request.destroy();
    });
    request.on('close', () => body.destroy());
    body.pipe(request);
  });
}

/** Bad TLS files make it throw at once: that is the caller's configuration. */
function openRequest(input: Exchange, options: http.RequestOptions, tls: TlsMaterial): http.ClientRequest {
  try {
    return input.url.protocol === 'https:'
      ? https.request(input.url, { ...options, ...tls })
      : http.request(input.url, options);
  } catch (cause) {
    throw new ServiceCallError(
      'unreachable',
      `The ${input.service} was not called: the client certificate, its key or the CA file cannot be used (${(cause as Error).message}).`,
      { cause },
    );
  }
}

/** The whole body. @throws ServiceCallError `unreachable` when the connection breaks in the middle of the answer */
export async function readAnswer({ service, url }: Pick<Exchange, 'service' | 'url'>, answer: Answer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_ANSWER) throw new Error(`it is longer than ${MAX_ANSWER} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new ServiceCallError('unreachable', `The answer of the ${service} at ${url.origin} broke off: ${reason}.`, {
      cause,
    });
  }
  return Buffer.concat(chunks);
}

/** Codes of the system and of TLS, as what happened and what to do about it. */
function unreachable({ service, url }: Exchange, cause: NodeJS.ErrnoException): ServiceCallError {
  const code = cause.code ?? cause.message;
  const failed = (what: string) =>
    new ServiceCallError('unreachable', `The ${service} at ${url.origin} ${what}`, { cause });
  if (/SSL|EPROTO/.test(code)) {
    return failed(`broke off the TLS handshake (${code}). Check the client certificate and its key.`);
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|ISSUER/.test(code)) {
    return failed(`shows a certificate that is not trusted (${code}). Check the CA file.`);
  }
  return failed(`does not answer (${code}). Is it running ("npm start"), and is the address right?`);
}
