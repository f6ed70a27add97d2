import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { type Problem, PROBLEM_JSON, problemOf, type ProblemMapping, refusal } from './problem.ts';

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
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = this.#problemOf(error, request);
    if (problem.status === 500) this.#logger.error({ err: error }, 'a request failed for a reason that no code names');
    if (problem.status === 503) void reply.header('retry-after', '1');
    return reply.status(problem.status).type(PROBLEM_JSON).send(JSON.stringify(problem));
  }

  #problemOf(error: unknown, request: FastifyRequest): Problem {
    const code = (error as { code?: unknown } | null)?.code;
    const mapping = typeof code === 'string' ? this.#mappings.get(code) : undefined;
    if (mapping) return problemOf({ ...mapping, code: code as string, detail: (error as Error).message });
    if (error instanceof HttpException) return problemOfFramework(error, request);
    // Fastify's own refusals (a body too large, a media type unknown, JSON that is none) carry a status.
    const status = (error as { statusCode?: unknown } | null)?.statusCode;
    if (typeof status === 'number' && status >= 400 && status < 500) return refusal(status, (error as Error).message);
    if (isBrokenOff(request)) return refusal(400, 'The request broke off: send it again, whole.');
    return problemOf({ status: 500, code: 'internal_error', title: 'Internal error' });
  }
}

/** The caller went away before its request was whole: nobody hears the answer, and nothing of ours is wrong. */
const isBrokenOff = ({ raw }: FastifyRequest): boolean => raw.destroyed && !raw.complete;

/** Validation failures come as a 400 whose body lists one message an issue. */
function problemOfFramework(error: HttpException, { method, url }: FastifyRequest): Problem {
  const body = error.getResponse();
  const message = typeof body === 'string' ? body : (body as { message?: unknown }).message;
  const detail = Array.isArray(message) ? message.join('; ') : String(message ?? error.message);
  // Nest quotes the path, and in a path of OCSP there is a serial number.
  if (detail === `Cannot ${method} ${url}`) return refusal(404, NO_ROUTE);
  if (detail === 'Unsupported Media Type') return refusal(415, NO_MEDIA_TYPE);
  return refusal(error.getStatus(), detail);
}

const NO_ROUTE = 'There is no such call here: check method and path (docs/reference).';
const NO_MEDIA_TYPE = 'This call does not take the Content-Type: see docs/reference.';

/** A path that cannot be routed at all; it is not quoted. */
export function refuseUnroutable(error: Error, _request: unknown, reply: FastifyReply): void {
  const status = (error as { statusCode?: number }).statusCode ?? 400;
  const problem = refusal(status, 'The path is not valid: percent-encode it (RFC 3986).');
  void reply.status(status).type(PROBLEM_JSON).send(JSON.stringify(problem));
}
