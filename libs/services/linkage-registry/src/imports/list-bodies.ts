import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
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

/** Hands bodies of lists to the handler as they come in, however long, instead of collecting them. */
@Injectable()
export class ListBodies implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    fastify.removeContentTypeParser('text/plain');
    fastify.addContentTypeParser(LIST_MEDIA_TYPES, (_request, payload, done) => done(null, payload));
  }
}
