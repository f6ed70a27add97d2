import type { FastPathFigures } from '../fast-path.ts';
import { startServer, type BothWaysServer } from './both-ways-server.ts';
import { exchangeOctets } from './raw-client.ts';
import { readResponses } from './read-responses.ts';
import { sampleStreams, type Stream } from './streams.ts';

/** A server with the fast path, and one without. */
export interface BothServers {
  /**
   * Sends the streams of a seed to both, many at a time.
   * @throws Error with the stream that both do not answer alike, ways and dates aside
   */
  compare(seed: number, count: number, step?: () => void): Promise<void>;
  /** Of the one with the fast path. */
  readonly figures: FastPathFigures;
  close(): Promise<void>;
}

/** Node never notices that a request with Upgrade ended before its body did; its own limit then ends the wait. */
const REQUEST_LIMIT_MS = 3_000;
const AT_ONCE = 50;

export async function startBothServers(): Promise<BothServers> {
  const fast = await startServer({ fast: true, later: true, requestLimitMs: REQUEST_LIMIT_MS });
  const node = await startServer({ fast: false, requestLimitMs: REQUEST_LIMIT_MS });
  const compareOne = async (seed: number, { pieces }: Stream): Promise<void> => {
    const [one, other] = await Promise.all([answersOf(fast, pieces), answersOf(node, pieces)]);
    if (one === other) return;
    const sent = pieces.map((piece) => JSON.stringify(Buffer.from(piece).toString('latin1'))).join('\n');
    throw new Error(`seed ${seed}\n${sent}\nfast path: ${one}\nnode:http: ${other}`);
  };
  return {
    async compare(seed, count, step = () => {}) {
      for (let batch = 0; batch * AT_ONCE < count; batch++) {
        const streams = sampleStreams(seed + batch, Math.min(AT_ONCE, count - batch * AT_ONCE));
        await Promise.all(streams.map((stream) => compareOne(seed + batch, stream).then(step)));
      }
    },
    figures: fast.fastPath!.figures,
    close: async () => void (await Promise.all([fast.close(), node.close()])),
  };
}

async function answersOf(server: BothWaysServer, pieces: readonly Uint8Array[]): Promise<string> {
  const { octets, localPort } = await exchangeOctets({ port: server.port, pieces });
  const answers = readResponses(octets).filter(({ way }) => way !== 'refused');
  // Whether a refusal still reaches a client that has closed its half is a matter of luck, in Node as well.
  const refusal = server.refused.has(localPort) ? ['refused'] : [];
  return [...answers.map(({ status, body }) => `${status} ${body}`), ...refusal].join(', ');
}
