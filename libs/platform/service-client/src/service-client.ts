import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { BUSY, MOST_REPEATS, pauseOf } from './busy.ts';
import { type Answer, exchange, readAnswer, type TlsMaterial } from './exchange.ts';
import { refusal } from './problem.ts';
import { ServiceCallError } from './service-call-error.ts';

export interface ServiceAddress {
  /** As people call it: "linkage registry". */
  readonly service: string;
  readonly url: string;
  readonly tls: TlsMaterial;
}

/**
 * A REST service of Kakunin, called with a client certificate. What it is too busy for is asked again a few times, but for
 * streams. Every method throws {@link ServiceCallError}.
 */
export class ServiceClient {
  constructor(private readonly address: ServiceAddress) {}

  async get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.#read(await this.#send({ method: 'GET', path }), schema);
  }

  async post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.#read(await this.#sendJson('POST', path, body), schema);
  }

  async put<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    return this.#read(await this.#sendJson('PUT', path, body), schema);
  }

  /** Streams a text of any length; the service's back-pressure slows the reading down. */
  async upload<T>(path: string, text: Readable, schema: z.ZodType<T>): Promise<T> {
    const contentType = 'text/plain; charset=utf-8';
    return this.#read(await this.#send({ method: 'POST', path, contentType, body: text }), schema);
  }

  /** Streams octets there and the answer back, both as they come. @param accept media type of the answer */
  async converse(path: string, octets: Readable, accept: string): Promise<Readable> {
    const contentType = 'application/octet-stream';
    return (await this.#send({ method: 'POST', path, contentType, body: octets, accept })).body;
  }

  /** The answer's body as it comes. @param question sent as JSON by POST, where the answer depends on it */
  async download(path: string, question?: unknown): Promise<Readable> {
    const asked = question === undefined ? this.open(path) : this.#sendJson('POST', path, question);
    return (await asked).body;
  }

  /** An answer whose headers matter as well; its body is read by the caller. */
  open(path: string): Promise<Answer> {
    return this.#send({ method: 'GET', path });
  }

  #sendJson(method: string, path: string, body: unknown): Promise<Answer> {
    return this.#send({ method, path, contentType: 'application/json', body: Buffer.from(JSON.stringify(body)) });
  }

  async #send(input: {
    method: string;
    path: string;
    contentType?: string;
    body?: Buffer | Readable;
    accept?: string;
  }): Promise<Answer> {
    const { method, path, contentType, body, accept = 'application/json' } = input;
    const { service, tls } = this.address;
    const url = this.#url(path);
    const headers = {
      accept: `${accept}, application/problem+json, */*`,
      ...(contentType && { 'content-type': contentType }),
      ...(Buffer.isBuffer(body) && { 'content-length': String(body.length) }),
    };
    const repeatable = body === undefined || Buffer.isBuffer(body);
    for (let repeats = 0; ; repeats += 1) {
      const answer = await exchange({ service, url, method, headers, tls, ...(body && { body }) });
      if (answer.status >= 200 && answer.status < 300) return answer;
      const refused = refusal(service, answer.status, await readAnswer({ service, url }, answer));
      if (refused.problem !== BUSY || !repeatable || repeats === MOST_REPEATS) throw refused;
      await sleep(pauseOf(answer));
    }
  }

  async #read<T>(answer: Answer, schema: z.ZodType<T>): Promise<T> {
    const { service, url } = this.address;
    const body = await readAnswer({ service, url: new URL(url) }, answer);
    const parsed = schema.safeParse(body.length === 0 ? undefined : this.#json(body));
    if (parsed.success) return parsed.data;
    throw new ServiceCallError(
      'unexpected_answer',
      `The ${service} answers in a shape that is not known here. Are both of one version?`,
      { cause: parsed.error },
    );
  }

  #json(body: Buffer): unknown {
    try {
      return JSON.parse(body.toString('utf8'));
    } catch (cause) {
      const { service, url } = this.address;
      const message = `What answers at ${url} is not the ${service}: its answer is not JSON.`;
      throw new ServiceCallError('unexpected_answer', message, { cause });
    }
  }

  /** Below the address, which may have a path of its own. */
  #url = (path: string): URL => new URL(path.replace(/^\//, ''), this.address.url.replace(/\/?$/, '/'));
}
