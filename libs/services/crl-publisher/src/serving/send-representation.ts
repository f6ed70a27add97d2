import { Readable } from 'node:stream';
import type { OctetRange } from '@kakunin/objects';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { rangeOf } from './byte-range.ts';
import { allowsRange, evaluateConditions } from './conditional-request.ts';
import type { Representation } from './representation.ts';

/** Answers GET and HEAD, whole or in part, with what a cache needs. Fastify answers HEAD through the GET route. */
export function sendRepresentation(request: FastifyRequest, reply: FastifyReply, found: Representation): void {
  const { content } = found;
  describe(reply, found);
  const evaluation = evaluateConditions(request.headers, found);
  if (evaluation !== 'perform') {
    void reply.code(evaluation === 'not_modified' ? 304 : 412).send();
    return;
  }
  const asked =
    found.hasRanges && request.method === 'GET' && allowsRange(String(request.headers['if-range'] ?? ''), found);
  const range = asked ? rangeOf(request.headers.range, content.bytes) : undefined;
  if (range === 'unsatisfiable') {
    void reply.code(416).header('content-range', `bytes */${content.bytes}`).send();
    return;
  }
  if (range) void reply.code(206).header('content-range', `bytes ${range.start}-${range.end - 1}/${content.bytes}`);
  sendContent(request, reply, { found, range: range ?? { start: 0, end: content.bytes } });
}

function describe(reply: FastifyReply, found: Representation): void {
  void reply
    .header('etag', found.etag)
    .header('cache-control', found.cacheControl)
    .header('x-content-type-options', 'nosniff');
  if (found.lastModified !== undefined) void reply.header('last-modified', new Date(found.lastModified).toUTCString());
  if (found.isNegotiated) void reply.header('vary', 'Accept-Encoding');
}

interface Part {
  readonly found: Representation;
  readonly range: Required<OctetRange>;
}

function sendContent(request: FastifyRequest, reply: FastifyReply, { found, range }: Part): void {
  if (found.contentEncoding) void reply.header('content-encoding', found.contentEncoding);
  if (found.hasRanges) void reply.header('accept-ranges', 'bytes');
  void reply
    .type(found.contentType)
    .header('content-length', range.end - range.start)
    // A body for HEAD would be read to its end, and thrown away.
    .send(Readable.from(request.method === 'HEAD' ? [] : found.content.read(range)));
}
