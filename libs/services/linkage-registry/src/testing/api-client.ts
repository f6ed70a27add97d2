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
) => Promise<Answer<T>>;

/** Calls the API with the client certificate of the agent. */
export const apiClient =
  (port: number, agent: Agent): Send =>
  (method, path, body, type = 'application/json') =>
    new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': type };
      const sending = request({ host: '127.0.0.1', port, path, method, agent, headers }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString();
        const isJson = /json/.test(response.headers['content-type'] ?? '');
        resolve({
          status: response.statusCode!,
          type: response.headers['content-type'],
          body: text === '' ? undefined : isJson ? JSON.parse(text) : text,
        });
      });
      sending.on('error', reject);
      if (body instanceof Readable) body.pipe(sending);
      else if (typeof body === 'string') sending.end(body);
      else sending.end(body === undefined ? undefined : JSON.stringify(body));
    });
