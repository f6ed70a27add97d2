import { request as httpRequest, type Agent as HttpAgent } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { parseOcspResponse } from '@kakunin/ocsp';
import type { IssuedCertificate } from '@kakunin/testing';

export interface Asked {
  readonly port: number;
  readonly body: Uint8Array;
  readonly path?: string;
  /** Default POST; GET has the body at the end of its path. */
  readonly method?: 'GET' | 'POST';
  /** Default: a connection of its own. */
  readonly agent?: HttpAgent;
  readonly headers?: Readonly<Record<string, string>>;
  /** With it over TLS; `client` undefined: without a client certificate. */
  readonly tls?: { readonly ca: string; readonly client?: IssuedCertificate | undefined };
}

export interface Said {
  /** Status of the certificate, or of the response when that is none. */
  readonly said: string;
  /** `kakunin-error` */
  readonly error: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** Sends one request, and reads what is said. */
export function ask({ port, body, path = '/ocsp', method = 'POST', headers = {}, tls, agent }: Asked): Promise<Said> {
  const inPath = encodeURIComponent(Buffer.from(body).toString('base64'));
  const options = {
    host: '127.0.0.1',
    port,
    path: method === 'GET' ? `${path}/${inPath}` : path,
    method,
    headers: { 'content-type': 'application/ocsp-request', ...headers },
  };
  return new Promise((resolve, reject) => {
    const sent = tls
      ? httpsRequest({
          ...options,
          ca: tls.ca,
          ...(tls.client && { key: tls.client.keyPem, cert: tls.client.certificatePem }),
          agent: agent ?? new Agent({ keepAlive: false, maxCachedSessions: 0 }),
        })
      : httpRequest({ ...options, agent: agent ?? false });
    sent.on('error', reject).end(method === 'GET' ? undefined : body);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const error = response.headers['kakunin-error'];
        resolve({
          said: saidIn(Buffer.concat(chunks)),
          error: error === undefined ? undefined : String(error),
          headers: response.headers,
        });
      });
    });
  });
}

/** Status of the first certificate, or of the response when that is none. */
export function saidIn(body: Uint8Array): string {
  const parsed = parseOcspResponse(body);
  return parsed.status === 'successful' ? (parsed.basic.responses[0]?.certStatus.status ?? 'nothing') : parsed.status;
}
