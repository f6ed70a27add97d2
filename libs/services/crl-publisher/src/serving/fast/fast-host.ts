import { takeOver } from '@kakunin/http-fast-path';
import { hostOf, type ListenerHost } from '@kakunin/runtime';
import type { INestApplicationContext } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { fastRequestOf } from './asked-crl.ts';
import { FastCrls } from './fast-crls.ts';

/** A mebibyte must be taken within this: 17 kB a second. */
const PIECE_LIMIT_MS = 60_000;
const IDLE_LIMIT_MS = 300_000;

/** CRLs go the fast way, everything else to the routes of the application. */
export function fastHost(app: INestApplicationContext): ListenerHost {
  const fastify = app.get(HttpAdapterHost).httpAdapter.getInstance<FastifyInstance>();
  const crls = app.get(FastCrls, { strict: false });
  return hostOf(
    (request, response) => fastify.routing(request, response),
    (server) =>
      takeOver(server, {
        accepts: 'get',
        maxBodyOctets: 0,
        route: fastRequestOf,
        requestLimitMs: PIECE_LIMIT_MS,
        idleLimitMs: IDLE_LIMIT_MS,
        onRequest: (exchange) => crls.answer(exchange),
      }),
  );
}
