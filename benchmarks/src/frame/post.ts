import { Agent, request } from 'node:http';

export interface PostInput {
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
}

const TIMEOUT = 10_000;

/** One POST on a connection of its own, closed afterwards: a server that serves one connection at a time is free again. */
export function post({ url, contentType, body }: PostInput): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType, 'content-length': body.length };
    const agent = new Agent({ keepAlive: false });
    const sent = request(url, { method: 'POST', headers, agent, timeout: TIMEOUT }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
    });
    sent.on('timeout', () => sent.destroy(new Error(`${url} did not answer in time`)));
    sent.on('error', reject).end(body);
  });
}
