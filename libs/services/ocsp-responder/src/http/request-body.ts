import { CONFIG } from '@kakunin/runtime';
import { Inject, Injectable, UnsupportedMediaTypeException } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OcspConfig } from '../config.ts';

const OCSP_REQUEST = 'application/ocsp-request';
const NO_OCTETS = new Uint8Array();

/** Lets Fastify read any body as octets, up to the limit; what is longer is 413, and of another type `postedBody` says so. */
@Injectable()
export class OcspRequestBody implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: OcspConfig,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const options = { parseAs: 'buffer', bodyLimit: this.config.requestSizeLimitBytes } as const;
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', options, (_request, body, done) => done(null, body));
  }
}

/** The octets that were posted, perhaps none. @throws UnsupportedMediaTypeException for any other media type */
export function postedBody({ headers, body }: FastifyRequest): Uint8Array {
  const [mediaType = ''] = (headers['content-type'] ?? '').split(';', 1);
  if (mediaType.trim().toLowerCase() !== OCSP_REQUEST) {
    throw new UnsupportedMediaTypeException(`A request is sent as ${OCSP_REQUEST}.`);
  }
  return body instanceof Uint8Array ? body : NO_OCTETS;
}
