import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { UsageEventError } from './usage-event-error.ts';

export const ONE_EVENT = 'application/cloudevents+json';
export const BATCH_OF_EVENTS = 'application/cloudevents-batch+json';
export const LINES_OF_EVENTS = 'application/x-ndjson';
/** Octets of a body that is not streamed. */
export const LARGEST_BODY = 10 * 1024 * 1024;

/** Hands bodies of usage events to the handler as they come in: who may not report is refused before they are read. */
@Injectable()
export class UsageEventBodies implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.addContentTypeParser([ONE_EVENT, BATCH_OF_EVENTS, LINES_OF_EVENTS], (_request, payload, done) =>
      done(null, payload),
    );
  }
}

/**
 * Reads a body that is one JSON text in UTF-8.
 * @throws UsageEventError `too_many_usage_events` | `invalid_usage_events`
 */
export async function readJson(body: AsyncIterable<Uint8Array>): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > LARGEST_BODY)
      throw new UsageEventError(
        'too_many_usage_events',
        `A body holds at most ${LARGEST_BODY} octets: send several, or ${LINES_OF_EVENTS}, which has no limit.`,
      );
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks));
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function parseJson(octets: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(octets));
  } catch {
    // The parser's own words quote the body.
    throw new UsageEventError('invalid_usage_events', 'The body is not JSON in UTF-8.');
  }
}
