import { CurrentCaller } from '@kakunin/callers';
import { type CertificateEvent, certificateEventSchema } from '@kakunin/certificates';
import { CERTIFICATE_EVENTS } from '@kakunin/event-log';
import { appendToOutbox } from '@kakunin/outbox';
import type { Caller } from '@kakunin/relying-parties';
import { LOGGER, type Logger } from '@kakunin/runtime';
import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { AllowCall } from '../calls/allow-call.ts';
import { RegistryDatabase } from '../database/registry-database.ts';
import { type DeadLetter, deadLetterSchema, DeadLetters } from './dead-letters.ts';

const topicSchema = z.object({ topic: z.string().max(100).default(CERTIFICATE_EVENTS) });
const resolutionSchema = certificateEventSchema.options[2]
  .omit({ type: true })
  .extend({ note: z.string().regex(/^[^\p{Cc}\p{Cs}]{0,500}$/u, 'One line of at most 500 characters.') })
  .strict();

/** Events that somebody gave up on, and the operator's word that they were dealt with. */
@Controller('dead-letters')
@AllowCall('resolve_dead_letters')
export class DeadLettersController {
  constructor(
    @Inject(DeadLetters) private readonly deadLetters: DeadLetters,
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get()
  @ApiOkResponse({ standardSchema: z.array(deadLetterSchema) })
  list(@Query({ schema: topicSchema }) { topic }: z.output<typeof topicSchema>): Promise<readonly DeadLetter[]> {
    return this.deadLetters.of(topic);
  }

  /** The authority of the event answers again, at every follower that had stopped at it. */
  @Post('resolutions')
  @HttpCode(200)
  async resolve(
    @CurrentCaller() caller: Caller,
    @Body({ schema: resolutionSchema }) resolution: z.output<typeof resolutionSchema>,
  ): Promise<void> {
    const value: CertificateEvent = { type: 'dead_letter_resolved', ...resolution };
    await this.database.transaction((client) =>
      appendToOutbox(client, [{ topic: CERTIFICATE_EVENTS, key: resolution.authorityId, value }]),
    );
    this.logger.warn({ caller: caller.code, ...resolution }, 'an operator resolved a dead letter');
  }
}
