import { writeFileSync } from 'node:fs';

/** Bodies that are sent in turn, in a file that the load generators read: each behind its length (u16, big-endian). */
export interface RequestBodies {
  readonly file: string;
  /** So many octets at the end of each body are random in each request: a nonce. */
  readonly randomTail: number;
  readonly first: Uint8Array;
}

export function writeBodies(file: string, bodies: readonly Uint8Array[], randomTail = 0): RequestBodies {
  const [first] = bodies;
  if (!first) throw new RangeError('There must be a body to send.');
  const framed = bodies.flatMap((body) => [Uint8Array.of(body.length >> 8, body.length & 0xff), body]);
  writeFileSync(file, Buffer.concat(framed));
  return { file, randomTail, first };
}

/** What is sent, again and again. */
export interface LoadInput {
  readonly directory: string;
  readonly port: number;
  readonly path: string;
  readonly bodies: RequestBodies;
  /** How many connections are kept busy. */
  readonly connections: number;
  readonly seconds: number;
}

/** What came of it. */
export interface LoadResult {
  readonly requests: number;
  readonly errors: number;
  readonly seconds: number;
  /** Latencies, microseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** CPU that the generator itself took, seconds, where it says so. */
  readonly cpu?: number;
}

export type Load = (input: LoadInput) => Promise<LoadResult>;

export const CONTENT_TYPE = 'application/ocsp-request';
