import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Logger } from 'pino';
import type { Problem, ProblemMapping } from './problem.ts';

/** Turns whatever was thrown into problem+json: a mapped code, a refusal of the framework, or a 500 without detail. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #mappings: ReadonlyMap<string, ProblemMapping>;
  readonly #logger: Logger;

  constructor(mappings: ReadonlyMap<string, ProblemMapping>, logger: Logger) {
    this.#mappings = mappings;
    this.#logger = logger;
  }

  catch(error: unknown, host: ArgumentsHost): unknown {
    // Handlers of events are retried by their transport, which logs.
    if (host.getType() !== 'http') throw error;
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = this.#problemOf(error);
    if (problem.status === 500) this.#logger.error({ err: error }, 'a request failed for a reason that no code names');
    if (problem.status === 503) void reply.header('retry-after', '1');
    return reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  }

  #problemOf(error: unknown): Problem {
    const code = (error as { code?: unknown } | null)?.code;
    const mapping = typeof code === 'string' ? this.#mappings.get(code) : undefined;
    if (mapping) return problemOf(mapping.status, code as string, mapping.title, (error as Error).message);
    if (error instanceof HttpException) return problemOfFramework(error);
    // Fastify's own refusals (a body too large, a media type unknown, JSON that is none) carry a status.
    const status = (error as { statusCode?: unknown } | null)?.statusCode;
    if (typeof status === 'number' && status >= 400 && status < 500) {
      return problemOf(
        status,
        FASTIFY_CODES[status] ?? 'invalid_request',
        'The request was refused',
        (error as Error).message,
      );
    }
    return problemOf(500, 'internal_error', 'Internal error');
  }
}

const FASTIFY_CODES: Readonly<Record<number, string>> = {
  404: 'not_found',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

/** Validation failures come as a 400 whose body lists one message an issue. */
function problemOfFramework(error: HttpException): Problem {
  const status = error.getStatus();
  const body = error.getResponse();
  const message = typeof body === 'string' ? body : (body as { message?: unknown }).message;
  const detail = Array.isArray(message) ? message.join('; ') : String(message ?? error.message);
  return problemOf(status, FASTIFY_CODES[status] ?? 'invalid_request', error.name.replace(/Exception$/, ''), detail);
}

function problemOf(status: number, code: string, title: string, detail?: string): Problem {
  return { type: `urn:kakunin:problem:${code}`, title, status, code, ...(detail !== undefined && { detail }) };
}
