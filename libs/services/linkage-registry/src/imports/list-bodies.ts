import { Inject, Injectable, type OnModuleInit, UnsupportedMediaTypeException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';

/** As what a list may be sent. */
export const LIST_MEDIA_TYPES = [
  'text/plain',
  'text/csv',
  'application/x-ndjson',
  'application/pkix-crl',
  'application/pem-certificate-chain',
  'application/octet-stream',
];

/** The one route that takes lists. */
const LIST_ROUTE = /\/certificates\/import$/;

/**
 * Hands bodies of lists to their handler as they come in, however long, instead of collecting them. To others a stream would
 * look like a JSON object, whose fields a refusal would name.
 */
@Injectable()
export class ListBodies implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.removeContentTypeParser('text/plain');
    fastify.addContentTypeParser(LIST_MEDIA_TYPES, ({ routeOptions: { url = '' } }, payload, done) => {
      if (LIST_ROUTE.test(url)) done(null, payload);
      else done(new UnsupportedMediaTypeException());
    });
  }
}
