import { sampleStreams, type Stream } from '@kakunin/http-fast-path/testing/streams';
import { Mutator } from '@kakunin/ocsp/testing/mutations';
import { SeededChance } from '@kakunin/ocsp/testing/seeded-chance';
import { FuzzFailure } from './fuzz-failure.ts';
import { faultIn, type HttpResponse } from './http-response.ts';
import { KeptConnection, sendStream } from './kept-connection.ts';
import { Progress } from './progress.ts';
import { type MemoryTrend, watchMemory } from './watch-memory.ts';

/** Requests that are under way at a time. */
const AT_ONCE = 32;
const STREAMS_AT_ONCE = 500;
/** In a hundred requests: damaged HTTP, GET, and POST that Node's own parser reads; the others are ordinary POSTs. */
const SHARES = { stream: 15, get: 15, chunked: 10 };

export interface ResponderFuzzing {
  readonly port: number;
  readonly pid: number;
  readonly seed: number;
  readonly requests: number;
  /** Well-formed requests, which are damaged. */
  readonly corpus: readonly Uint8Array[];
  readonly say: (line: string) => void;
}

export interface ResponderRun {
  /** How often each HTTP status came. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly memory: MemoryTrend;
}

/**
 * Damaged requests to a responder that runs, over raw sockets.
 * @throws FuzzFailure when an answer is neither a well-formed OCSPResponse nor HTTP 4xx, or none comes
 */
export async function fuzzResponder(fuzzing: ResponderFuzzing): Promise<ResponderRun> {
  const { port, pid, seed, requests, say } = fuzzing;
  const statuses = new Map<number, number>();
  const progress = new Progress(say, 'requests to the responder', requests);
  const questions = new Questions(fuzzing);
  const memory = watchMemory(pid);
  let next = 0;
  const askOneAfterAnother = async (): Promise<void> => {
    const connection = new KeptConnection(port);
    while (next < requests) {
      const number = next++;
      const question = questions.next();
      const octets = 'pieces' in question ? question.octets : question;
      const responses = await askOnce(connection, port, question).catch((error: unknown) => {
        throw new FuzzFailure(`seed ${seed}, request ${number}: ${(error as Error).message}`, octets, { cause: error });
      });
      for (const response of responses) {
        const fault = faultIn(response);
        if (fault) throw new FuzzFailure(`seed ${seed}, request ${number}: ${fault}`, octets);
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      }
      progress.step();
    }
    connection.close();
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, askOneAfterAnother));
    return { statuses, memory: memory.trend() };
  } finally {
    memory.stop();
  }
}

const askOnce = async (
  connection: KeptConnection,
  port: number,
  question: Buffer | Stream,
): Promise<readonly HttpResponse[]> =>
  'pieces' in question ? sendStream(port, question.pieces) : [await connection.ask(question)];

/** The questions of one seed, in the same order whatever the answers are. */
class Questions {
  readonly #seed: number;
  readonly #mutator: Mutator;
  readonly #chance: SeededChance;
  #streams: Stream[] = [];
  #streamBatches = 0;

  constructor({ seed, corpus }: Pick<ResponderFuzzing, 'seed' | 'corpus'>) {
    this.#seed = seed;
    this.#mutator = new Mutator(seed, corpus);
    this.#chance = new SeededChance(seed);
  }

  next(): Buffer | Stream {
    const kind = this.#chance.below(100);
    if (kind < SHARES.stream) return this.#nextStream();
    const body = this.#mutator.next();
    if (kind < SHARES.stream + SHARES.get) return getOf(body);
    return kind < SHARES.stream + SHARES.get + SHARES.chunked ? chunkedPostOf(body) : postOf(body);
  }

  #nextStream(): Stream {
    if (this.#streams.length === 0) {
      this.#streams = sampleStreams(this.#seed + this.#streamBatches++, STREAMS_AT_ONCE);
    }
    return this.#streams.pop()!;
  }
}

const COMMON = ['Host: kakunin.test', 'Content-Type: application/ocsp-request'];
const headOf = (...lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);

const postOf = (body: Buffer): Buffer =>
  Buffer.concat([headOf('POST /ocsp HTTP/1.1', ...COMMON, `Content-Length: ${body.length}`), body]);

const chunkedPostOf = (body: Buffer): Buffer => {
  const chunk = body.length > 0 ? [Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')] : [];
  const head = headOf('POST /ocsp HTTP/1.1', ...COMMON, 'Transfer-Encoding: chunked');
  return Buffer.concat([head, ...chunk, Buffer.from('0\r\n\r\n')]);
};

const getOf = (body: Buffer): Buffer =>
  headOf(`GET /ocsp/${encodeURIComponent(body.toString('base64'))} HTTP/1.1`, 'Host: kakunin.test');
