import { Readable } from 'node:stream';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { LOGGER } from '@kakunin/runtime';
import {
  Body,
  Controller,
  Headers,
  HttpCode,
  Inject,
  Post,
  StreamableFile,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from 'pino';
import { z } from 'zod';
import { eventOfHeaders, isBinaryMode } from './binary-mode.ts';
import { BATCH_OF_EVENTS, LINES_OF_EVENTS, ONE_EVENT, readJson } from './bodies.ts';
import { acceptedSchema, batchResult, batchResultSchema, outcomeJson } from './convert.ts';
import { answerLines } from './event-lines.ts';
import { UsageEventError } from './usage-event-error.ts';
import { EVENTS_A_SEGMENT, type Outcome, UsageEventIntake } from './usage-event-intake.ts';

/** Usage that was counted elsewhere: a platform provider's own checks against CRLs, say. */
@Controller('usage-events')
@AllowRoles('platform_provider')
export class UsageEventsController {
  constructor(
    @Inject(UsageEventIntake) private readonly intake: UsageEventIntake,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiConsumes(ONE_EVENT, BATCH_OF_EVENTS, LINES_OF_EVENTS, 'application/json')
  @ApiBody({ schema: { type: 'string', format: 'binary' } })
  @ApiProduces('application/json', LINES_OF_EVENTS)
  @ApiOkResponse({ standardSchema: z.union([acceptedSchema, batchResultSchema]) })
  async report(
    @Headers() headers: IncomingHttpHeaders,
    @Body() body: unknown,
    @CurrentCaller() { code: tenant }: Caller,
  ): Promise<object> {
    const mediaType = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (mediaType === 'application/json' && isBinaryMode(headers)) {
      return this.#one(tenant, eventOfHeaders(headers, body));
    }
    if (!(body instanceof Readable)) {
      throw new UnsupportedMediaTypeException(
        `Usage events are sent as ${ONE_EVENT}, ${BATCH_OF_EVENTS} or ${LINES_OF_EVENTS}, or as application/json with headers ce-….`,
      );
    }
    if (mediaType === LINES_OF_EVENTS) return this.#lines(tenant, body);
    const content = await readJson(body);
    return mediaType === ONE_EVENT ? this.#one(tenant, content) : this.#batch(tenant, content);
  }

  async #one(tenant: string, value: unknown): Promise<object> {
    const [outcome] = await this.intake.take(tenant, [value]);
    if (outcome instanceof UsageEventError) throw outcome;
    return outcomeJson(outcome!);
  }

  async #batch(tenant: string, values: unknown): Promise<object> {
    if (!Array.isArray(values)) throw new UsageEventError('invalid_usage_events', 'A batch is a JSON array of events.');
    const outcomes: Outcome[] = [];
    for (let start = 0; start < values.length; start += EVENTS_A_SEGMENT) {
      outcomes.push(...(await this.intake.take(tenant, values.slice(start, start + EVENTS_A_SEGMENT))));
    }
    return batchResult(outcomes);
  }

  #lines(tenant: string, body: Readable): StreamableFile {
    const answers = answerLines({
      body,
      take: (values) => this.intake.take(tenant, values),
      onFault: (error) => this.logger.warn({ err: error }, 'a stream of usage events ended early'),
    });
    return new StreamableFile(answers, { type: LINES_OF_EVENTS });
  }
}
