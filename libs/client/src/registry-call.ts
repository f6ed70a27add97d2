import type http from 'node:http';
import { keptConnections } from './connections.ts';
import { exchange } from './exchange.ts';
import { OcspClientError } from './ocsp-client-error.ts';
import type { ClientTls } from './ocsp-client-options.ts';

/** Where the linkage registry is, and as whom it is called. */
export interface RegistryOptions {
  /** `https://registry.example.jp:8445` */
  readonly url: string;
  /** The client certificate of the PF provider, or of a service provider that calls itself. */
  readonly tls?: ClientTls;
  /** For one call, ms. Default 30,000. */
  readonly timeoutMs?: number;
}

/** What is sent, by POST; a GET sends nothing. */
interface CallDetails {
  readonly sent?: object;
  readonly signal?: AbortSignal | undefined;
}

const MOST_OCTETS = 16 * 1024 * 1024;
const OCTETS_TOLD = 300;

/** Calls the registry's API in JSON, over connections that are kept. */
export class RegistryCalls {
  readonly #url: URL;
  readonly #timeoutMs: number;
  readonly #connections: http.Agent;

  /** @throws OcspClientError `invalid_input` */
  constructor({ url, tls, timeoutMs = 30_000 }: RegistryOptions) {
    if (!URL.canParse(url)) throw new OcspClientError('invalid_input', '`url` is no address.');
    this.#url = new URL(url);
    this.#timeoutMs = timeoutMs;
    this.#connections = keptConnections(this.#url, tls);
  }

  /** @throws OcspClientError `unreachable` | `tls_failed` | `timed_out` | `aborted` | `http_error` | `malformed_response` */
  async call<T>(path: string, { sent, signal }: CallDetails = {}): Promise<T> {
    const body = sent === undefined ? undefined : Buffer.from(JSON.stringify(sent));
    const answer = await exchange({
      url: new URL(path, this.#url),
      method: sent === undefined ? 'GET' : 'POST',
      headers: body ? { 'content-type': 'application/json', 'content-length': body.length } : {},
      ...(body && { body }),
      connections: this.#connections,
      timeoutMs: this.#timeoutMs,
      maxOctets: MOST_OCTETS,
      signal,
      progress: { sent: false },
    });
    const text = answer.body.toString();
    if (answer.status < 200 || answer.status > 299) {
      const message = `The registry answered ${answer.status}: ${text.slice(0, OCTETS_TOLD)}`;
      throw new OcspClientError('http_error', message, { sent: true, httpStatus: answer.status });
    }
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new OcspClientError('malformed_response', 'The registry answered no JSON.', { sent: true, cause });
    }
  }

  close(): void {
    this.#connections.destroy();
  }
}
