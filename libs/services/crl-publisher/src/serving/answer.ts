import type { IncomingHttpHeaders } from 'node:http';
import type { OctetRange } from '@kakunin/objects';
import { rangeOf } from './byte-range.ts';
import { allowsRange, evaluateConditions } from './conditional-request.ts';
import type { Representation } from './representation.ts';

/** What a request says of how it wants a representation. */
export interface Asked {
  readonly method: 'GET' | 'HEAD';
  readonly headers: IncomingHttpHeaders;
}

export interface Answer {
  readonly status: 200 | 206 | 304 | 412 | 416;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Which of its octets are the content; absent where there is none, as for HEAD. */
  readonly content?: Required<OctetRange>;
}

/** A cache that kept a refusal (RFC 9111, 3 lets it) would give it to everybody: one strange request, and no CRL for an hour. */
const REFUSED = 'no-store';

/** Answers GET and HEAD, whole or in part, with what a cache needs. */
export function answerTo(asked: Asked, found: Representation): Answer {
  const described = describe(found);
  const evaluation = evaluateConditions(asked.headers, found);
  if (evaluation === 'not_modified') return { status: 304, headers: described };
  const range = evaluation === 'perform' ? rangeAsked(asked, found) : undefined;
  if (evaluation !== 'perform' || range === 'unsatisfiable') {
    const size = ['content-range', `bytes */${found.content.bytes}`] as const;
    const nothing = [...describe({ ...found, cacheControl: REFUSED }), ['content-length', '0'] as const];
    return range ? { status: 416, headers: [...nothing, size] } : { status: 412, headers: nothing };
  }
  const content = range ?? { start: 0, end: found.content.bytes };
  return {
    status: range ? 206 : 200,
    headers: [...described, ...describeContent(found, content), ...describeRange(found, range)],
    ...(asked.method === 'GET' && { content }),
  };
}

const rangeAsked = ({ method, headers }: Asked, found: Representation): ReturnType<typeof rangeOf> =>
  found.hasRanges && method === 'GET' && allowsRange(String(headers['if-range'] ?? ''), found)
    ? rangeOf(headers.range, found.content.bytes)
    : undefined;

const describe = (found: Representation): Answer['headers'] => [
  ['etag', found.etag],
  ['cache-control', found.cacheControl],
  ['x-content-type-options', 'nosniff'],
  ...(found.lastModified === undefined ? [] : [['last-modified', new Date(found.lastModified).toUTCString()] as const]),
  ...(found.isNegotiated ? [['vary', varyOf(found)] as const] : []),
  ...(found.dictionaryFor ? [['use-as-dictionary', `match="${found.dictionaryFor}"`] as const] : []),
];

const varyOf = ({ dictionaryFor }: Representation): string =>
  dictionaryFor ? 'Accept-Encoding, Available-Dictionary' : 'Accept-Encoding';

const describeContent = (found: Representation, { start, end }: Required<OctetRange>): Answer['headers'] => [
  ['content-type', found.contentType],
  ['content-length', String(end - start)],
  ...(found.contentEncoding ? [['content-encoding', found.contentEncoding] as const] : []),
  ...(found.hasRanges ? [['accept-ranges', 'bytes'] as const] : []),
];

const describeRange = ({ content }: Representation, range: Required<OctetRange> | undefined): Answer['headers'] =>
  range ? [['content-range', `bytes ${range.start}-${range.end - 1}/${content.bytes}`]] : [];
