import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerTo } from './answer.ts';
import type { Representation } from './representation.ts';

/** Answers as a stream; Fastify answers HEAD through the GET route. */
export function sendRepresentation(request: FastifyRequest, reply: FastifyReply, found: Representation): void {
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
  const { status, headers, content } = answerTo({ method, headers: request.headers }, found);
  void reply.code(status).headers(Object.fromEntries(headers));
  if (status !== 200 && status !== 206) void reply.send();
  // A body for HEAD would be read to its end, and thrown away.
  else void reply.send(Readable.from(content ? found.content.read(content) : []));
}
