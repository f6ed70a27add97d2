import { type Agent, request } from 'node:https';
import { Readable } from 'node:stream';

export interface Answer<T> {
  readonly status: number;
  readonly type: string | undefined;
  readonly body: T;
}

export type Send = <T = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
  type?: string,
  /** Media type of the answer. */
  accept?: string,
) => Promise<Answer<T>>;

/** Calls the API with the client certificate of the agent. */
export const apiClient =
  (port: number, agent: Agent): Send =>
  (method, path, body, type = 'application/json', accept = 'application/json') =>
    new Promise((resolve, reject) => {
      const headers = { accept, ...(body !== undefined && { 'content-type': type }) };
      const sending = request({ host: '127.0.0.1', port, path, method, agent, headers }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode!,
          type: response.headers['content-type'],
          body: parsed(text, response.headers['content-type']) as never,
        });
      });
      sending.on('error', reject);
      if (body instanceof Readable) body.on('error', (error) => sending.destroy(error)).pipe(sending);
      else if (typeof body === 'string' || Buffer.isBuffer(body)) sending.end(body);
      else sending.end(body === undefined ? undefined : JSON.stringify(body));
    });

/** Of lines all, each parsed; what is no JSON as it is. */
function parsed(text: string, type: string | undefined): unknown {
  if (text === '') return undefined;
  if (!type?.includes('json')) return text;
  if (!type.includes('ndjson')) return JSON.parse(text);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}
