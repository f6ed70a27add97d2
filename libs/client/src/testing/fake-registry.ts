import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A registry that answers as it is told. */
export interface FakeRegistry {
  readonly url: string;
  /** Methods and paths of the calls, in their order. */
  readonly seen: string[];
  close(): Promise<void>;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json: unknown;
}

/** @param answer of a path and body: what is answered as JSON, with 200 unless `status` says otherwise */
export async function fakeRegistry(
  answer: (path: string, body: Record<string, string>) => Promise<FakeAnswer>,
): Promise<FakeRegistry> {
  const seen: string[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push(`${request.method} ${request.url}`);
    const body = Buffer.concat(chunks).toString();
    const { status = 200, headers, json } = await answer(request.url!, body === '' ? {} : JSON.parse(body));
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}
