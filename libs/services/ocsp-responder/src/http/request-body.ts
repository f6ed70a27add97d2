import { CONFIG } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import type { OcspConfig } from '../config.ts';

/** Lets Fastify read `application/ocsp-request` as octets, up to the limit; what is longer is 413, other types are 415. */
@Injectable()
export class OcspRequestBody implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: OcspConfig,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const options = { parseAs: 'buffer', bodyLimit: this.config.requestSizeLimitBytes } as const;
    fastify.addContentTypeParser('application/ocsp-request', options, (_request, body, done) => done(null, body));
  }
}
