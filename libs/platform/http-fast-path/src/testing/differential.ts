import type { FastPathFigures } from '../fast-path.ts';
import { startServer, type BothWaysServer } from './both-ways-server.ts';
import { exchangeOctets } from './raw-client.ts';
import { readResponses } from './read-responses.ts';
import type { Stream } from './streams.ts';

/** A server with the fast path, and one without. */
export interface BothServers {
  /** What each answers, way and date aside: the same, or a bug. */
  answersTo(stream: Stream): Promise<{ readonly fast: readonly string[]; readonly node: readonly string[] }>;
  /** Of the one with the fast path. */
  readonly figures: FastPathFigures;
  close(): Promise<void>;
}

/** Node never notices that a request with Upgrade ended before its body did; its own limit then ends the wait. */
const REQUEST_LIMIT_MS = 3_000;

export async function startBothServers(): Promise<BothServers> {
  const fast = await startServer({ fast: true, later: true, requestLimitMs: REQUEST_LIMIT_MS });
  const node = await startServer({ fast: false, requestLimitMs: REQUEST_LIMIT_MS });
  return {
    answersTo: async ({ pieces }) => ({ fast: await answersOf(fast, pieces), node: await answersOf(node, pieces) }),
    figures: fast.fastPath!.figures,
    close: async () => void (await Promise.all([fast.close(), node.close()])),
  };
}

async function answersOf(server: BothWaysServer, pieces: readonly Uint8Array[]): Promise<readonly string[]> {
  const { octets, localPort } = await exchangeOctets({ port: server.port, pieces });
  const answers = readResponses(octets).filter(({ way }) => way !== 'refused');
  // Whether a refusal still reaches a client that has closed its half is a matter of luck, in Node as well.
  const refusal = server.refused.has(localPort) ? ['refused'] : [];
  return [...answers.map(({ status, body }) => `${status} ${body}`), ...refusal];
}
