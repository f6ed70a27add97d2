import fc from 'fast-check';
import { CONTENT_TYPE } from './both-ways-server.ts';
import { readExchanges } from './read-exchanges.ts';
import { ordinaryPost } from './request.ts';

/** What a client sends: the octets, and where it pauses in between. */
export interface Stream {
  readonly octets: Buffer;
  readonly pieces: readonly Uint8Array[];
}

/** What request smuggling and sloppy clients are made of. */
const TOKENS = [
  '\r\n',
  '\n',
  '\r',
  ' ',
  '\t',
  '\0',
  ':',
  ',',
  '0',
  '5',
  '\x80',
  'POST ',
  'GET / HTTP/1.1\r\n\r\n',
  ' HTTP/1.1',
  'Host: b\r\n',
  'Content-Length: 3\r\n',
  'Content-Length: 5\r\n',
  'content-length:5 \r\n',
  'Content-Length: 99999999999999999999\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding : chunked\r\n',
  'TE: trailers\r\n',
  'Connection: close\r\n',
  'Connection: keep-alive\r\n',
  'Connection: keep-alive, close\r\n',
  'Proxy-Connection: close\r\n',
  'Expect: 100-continue\r\n',
  'Expect: something\r\n',
  `Content-Type: ${CONTENT_TYPE}\r\n`,
  'X-Long: '.padEnd(9_000, 'x'),
].map((token) => Buffer.from(token, 'latin1'));

type Mutation = (octets: Buffer) => Buffer;

const position = fc.double({ min: 0, max: 1, noNaN: true });
const at = (octets: Buffer, fraction: number): number => Math.floor(fraction * octets.length);
const splice = (octets: Buffer, from: number, to: number, ...between: Uint8Array[]): Buffer =>
  Buffer.concat([octets.subarray(0, from), ...between, octets.subarray(to)]);

const insertion = fc.tuple(position, fc.constantFrom(...TOKENS)).map(
  ([where, token]): Mutation =>
    (octets) =>
      splice(octets, at(octets, where), at(octets, where), token),
);
/** Between two lines, where headers stand. */
const header = fc.tuple(position, fc.constantFrom(...TOKENS)).map(([where, token]): Mutation => (octets) => {
  const lineEnd = octets.indexOf('\r\n', at(octets, where));
  return lineEnd === -1 ? octets : splice(octets, lineEnd + 2, lineEnd + 2, token);
});
const removal = fc.tuple(position, fc.integer({ min: 1, max: 12 })).map(
  ([where, length]): Mutation =>
    (octets) =>
      splice(octets, at(octets, where), at(octets, where) + length),
);
const change = fc.tuple(position, fc.integer({ min: 0, max: 255 })).map(
  ([where, octet]): Mutation =>
    (octets) =>
      splice(octets, at(octets, where), at(octets, where) + 1, Uint8Array.of(octet)),
);
const repetition = fc.tuple(position, position).map(([one, other]): Mutation => (octets) => {
  const [from, to] = [at(octets, Math.min(one, other)), at(octets, Math.max(one, other))];
  return splice(octets, to, to, octets.subarray(from, to));
});
const truncation = position.map(
  (where): Mutation =>
    (octets) =>
      octets.subarray(0, at(octets, where)),
);

const mutation = fc.oneof(
  { weight: 3, arbitrary: header },
  { weight: 3, arbitrary: insertion },
  { weight: 2, arbitrary: change },
  { weight: 2, arbitrary: removal },
  { weight: 1, arbitrary: repetition },
  { weight: 1, arbitrary: truncation },
);

const requests = fc.oneof(
  { weight: 2, arbitrary: fc.constant(ordinaryPost()) },
  { weight: 1, arbitrary: fc.constantFrom(...readExchanges().map(({ octets }) => octets)) },
);

/** A few requests, one after another, damaged in a few places and cut into a few pieces. */
const streams: fc.Arbitrary<Stream> = fc
  .tuple(
    fc.array(requests, { minLength: 1, maxLength: 3 }),
    fc.array(mutation, { maxLength: 3 }),
    fc.array(position, { maxLength: 3 }),
  )
  .map(([parts, mutations, cuts]) => {
    const octets = mutations.reduce<Buffer>((damaged, mutate) => mutate(damaged), Buffer.concat(parts));
    const places = [0, ...cuts.map((cut) => at(octets, cut)).sort((a, b) => a - b), octets.length];
    const pieces = places.slice(1).map((end, index) => octets.subarray(places[index], end));
    return { octets, pieces: pieces.filter(({ length }) => length > 0) };
  });

/** The same seed gives the same streams. */
export function sampleStreams(seed: number, count: number): Stream[] {
  return fc.sample(streams, { seed, numRuns: count });
}
