import type http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { aborted } from './aborted.ts';
import { keptConnections } from './connections.ts';
import { exchange, type HttpAnswer } from './exchange.ts';
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

  /**
   * A registry that has too much to do is asked again, as long as the time for the call allows it: it has changed nothing.
   * @throws OcspClientError `unreachable` | `tls_failed` | `timed_out` | `aborted` | `http_error` | `malformed_response`
   */
  async call<T>(path: string, details: CallDetails = {}): Promise<T> {
    const start = performance.now();
    for (;;) {
      const left = this.#timeoutMs - (performance.now() - start);
      const answer = await this.#exchange(path, details, Math.max(1, left));
      const pause = isBusy(answer) ? pauseOf(answer) : Number.POSITIVE_INFINITY;
      if (performance.now() - start + pause >= this.#timeoutMs) return read<T>(answer);
      await sleep(pause, undefined, { signal: details.signal }).catch((cause: unknown) => {
        throw aborted(true, cause);
      });
    }
  }

  #exchange(path: string, { sent, signal }: CallDetails, timeoutMs: number): Promise<HttpAnswer> {
    const body = sent === undefined ? undefined : Buffer.from(JSON.stringify(sent));
    return exchange({
      url: new URL(path, this.#url),
      method: sent === undefined ? 'GET' : 'POST',
      headers: body ? { 'content-type': 'application/json', 'content-length': body.length } : {},
      ...(body && { body }),
      connections: this.#connections,
      timeoutMs,
      maxOctets: MOST_OCTETS,
      signal,
      progress: { sent: false },
    });
  }

  close(): void {
    this.#connections.destroy();
  }
}

function read<T>({ status, body }: HttpAnswer): T {
  const text = body.toString();
  if (status < 200 || status > 299) {
    const message = `The registry answered ${status}: ${text.slice(0, OCTETS_TOLD)}`;
    throw new OcspClientError('http_error', message, { sent: true, httpStatus: status });
  }
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new OcspClientError('malformed_response', 'The registry answered no JSON.', { sent: true, cause });
  }
}

const isBusy = ({ status, body }: HttpAnswer): boolean =>
  status === 503 && body.toString().includes('"code":"database_busy"');

/** As long as the registry says, and a bit, so that not all who were refused come back at once. */
function pauseOf({ headers }: HttpAnswer): number {
  const seconds = Number(headers['retry-after']);
  return (Number.isFinite(seconds) ? seconds : 1) * 1_000 * (1 + Math.random() / 2);
}
