import { TLSSocket } from 'node:tls';
import { AllowAnyone, clientFingerprintOf } from '@kakunin/callers';
import type { Clock } from '@kakunin/calendar';
import { decodeGetPath, OCSP_REFUSALS } from '@kakunin/ocsp';
import { CLOCK } from '@kakunin/runtime';
import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Connection } from '../answering/caller.ts';
import type { OcspAnswer } from '../answering/ocsp-call.ts';
import { isRefusal, STATUS_OF_REFUSAL } from '../answering/refusal.ts';
import type { RefusalCode } from '../answering/refusal.ts';
import { ObservedResponder } from '../answering/observed-responder.ts';
import { cachingHeaders, matchesEntityTag, NOT_CACHED } from './http-caching.ts';
import { parseOcspPath } from './ocsp-path.ts';
import { postedBody } from './request-body.ts';

const OCSP_RESPONSE = 'application/ocsp-response';
const NO_OCTETS = new Uint8Array();

/** OCSP over HTTP (RFC 6960, appendix A). Refusals are answers of the protocol: callers are known by their certificate. */
@ApiExcludeController()
@AllowAnyone()
@Controller()
export class OcspController {
  constructor(
    @Inject(ObservedResponder) private readonly responder: ObservedResponder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post(['ocsp', 'ocsp/*'])
  @HttpCode(200)
  async post(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<unknown> {
    const path = parseOcspPath(pathOf(request));
    if (!path || path.encodedRequest !== '') return reply.callNotFound();
    const body = postedBody(request);
    const result = await this.responder.answer({ ...path, connection: connectionOf(request), body });
    if (isRefusal(result)) return refuse(reply, result.refusal);
    return reply.headers(NOT_CACHED).type(OCSP_RESPONSE).send(result.body);
  }

  @Get(['ocsp', 'ocsp/*'])
  async get(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<unknown> {
    // Fastify offers HEAD wherever there is GET; an answer without its body would still be counted.
    if (request.method === 'HEAD') return reply.code(405).header('allow', 'GET, POST').send();
    const path = parseOcspPath(pathOf(request));
    if (!path) return reply.callNotFound();
    const body = decodeGetPath(path.encodedRequest) ?? NO_OCTETS;
    const result = await this.responder.answer({ ...path, connection: connectionOf(request), body });
    if (isRefusal(result)) return refuse(reply, result.refusal);
    return this.#sendCacheable(request, reply, result);
  }

  #sendCacheable(request: FastifyRequest, reply: FastifyReply, answer: OcspAnswer): unknown {
    const headers = answer.hasNonce ? NOT_CACHED : cachingHeaders(answer, this.clock.now());
    void reply.headers(headers);
    if (headers['etag'] && matchesEntityTag(request.headers['if-none-match'], headers['etag']))
      return reply.code(304).send();
    return reply.type(OCSP_RESPONSE).send(answer.body);
  }
}

const refuse = (reply: FastifyReply, code: RefusalCode): unknown =>
  reply
    .headers({ ...NOT_CACHED, 'kakunin-error': code })
    .type(OCSP_RESPONSE)
    .send(OCSP_REFUSALS[STATUS_OF_REFUSAL[code]]);

/** As sent: percent-encoding is the request's own affair. */
const pathOf = (request: FastifyRequest): string => request.raw.url?.split('?', 1)[0] ?? '/';

const connectionOf = ({ raw }: FastifyRequest): Connection =>
  raw.socket instanceof TLSSocket ? { listener: 'mtls', fingerprint: clientFingerprintOf(raw) } : { listener: 'plain' };
