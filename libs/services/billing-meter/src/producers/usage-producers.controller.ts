import type { Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import { Database } from '@kakunin/postgres';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { recordAuditWithin } from '../database/audit.ts';
import { ProducerStore } from '../metering/producer-store.ts';
import { jsonOf } from '../api/json.ts';

const producerIdSchema = z.string().regex(/^[0-9a-f]{32}$/, '32 lower-case hexadecimal digits.');
const integer = z.string().regex(/^\d{1,18}$/);
const instant = z.int().describe('Epoch milliseconds.');

const producersSchema = z.strictObject({
  items: z.array(
    z.strictObject({
      producer: producerIdSchema,
      kind: z.enum(['journal', 'events']),
      segments: integer.describe('Counted.'),
      highestSequence: integer,
      missingSegments: integer,
      completeUntil: instant.exactOptional().describe('Its usage before then is counted; absent: not known yet.'),
      lastCountedAt: instant,
      retiredAt: instant.exactOptional().describe('No month waits for it since.'),
    }),
  ),
});

const retireSchema = z.strictObject({
  reason: z
    .string()
    .trim()
    .regex(/^[^\p{Cc}\p{Cs}]{1,500}$/u, 'One line of 1 to 500 characters.')
    .describe('Kept in the audit.'),
  giveUpSegments: integer
    .default('0')
    .describe('How many missing segments are given up for lost: exactly those that are missing.'),
});

@Controller('usage-producers')
export class UsageProducersController {
  constructor(
    @Inject(ProducerStore) private readonly producers: ProducerStore,
    @Inject(Database) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The journals that record usage, and the tenants that report it: how far each of them was counted. */
  @Get()
  @AllowRoles('finance', 'operator')
  @ApiOkResponse({ standardSchema: producersSchema })
  async list(): Promise<object> {
    return jsonOf({ items: await this.producers.list() });
  }

  /**
   * Takes a journal out of service for good: no month waits for it any more. What it still hands over is counted all the
   * same. Refused while segments are missing, unless exactly so many are given up.
   */
  @Post(':producer/retire')
  @HttpCode(200)
  @AllowRoles('finance', 'operator')
  @ApiOkResponse({ standardSchema: producersSchema })
  async retire(
    @Param('producer', { schema: producerIdSchema }) producer: string,
    @Body({ schema: retireSchema }) { reason, giveUpSegments }: z.infer<typeof retireSchema>,
    @CurrentCaller() { code }: Caller,
  ): Promise<object> {
    const at = this.clock.now();
    await this.database.transaction(async (client) => {
      await this.producers.retire(client, { producer, at, givenUp: BigInt(giveUpSegments) });
      const subject = { producer, reason, giveUpSegments };
      await recordAuditWithin(client, { caller: code, at }, { action: 'usage_producer.retire', subject });
    });
    return this.list();
  }
}
