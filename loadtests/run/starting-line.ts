import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where generators wait until all of them are there. */
export interface StartingLine {
  readonly url: string;
  /** @returns when so many have come, and all are let go */
  crossedBy(generators: number): Promise<void>;
  stop(): Promise<void>;
}

export async function drawStartingLine(): Promise<StartingLine> {
  const waiting: ServerResponse[] = [];
  let arrived = (): void => undefined;
  const server = createServer((_, response) => {
    waiting.push(response);
    arrived();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    crossedBy: (generators) =>
      new Promise((resolve) => {
        arrived = () => {
          if (waiting.length < generators) return;
          for (const response of waiting.splice(0)) response.writeHead(204).end();
          resolve();
        };
        arrived();
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
