import type { Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import { Database } from '@kakunin/postgres';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { recordAuditWithin } from '../database/audit.ts';
import { type Redelivery, RefusedSegments } from './refused-segments.ts';

const requestSchema = z.strictObject({ dryRun: z.boolean().default(false).describe('Looks, and hands nothing over.') });
const answerSchema = z.strictObject({
  refused: z.int().describe('Segments that were refused, each once.'),
  uncounted: z.int().describe('Those of them that are not counted: these are handed over once more.'),
});

@Controller('refused-usage-segments')
@AllowRoles('operator', 'finance')
export class RefusedSegmentsController {
  constructor(
    @Inject(RefusedSegments) private readonly segments: RefusedSegments,
    @Inject(Database) private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Hands refused segments of usage to the meter once more, after what was wrong was put right. Safe to repeat. */
  @Post('redeliver')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: answerSchema })
  async redeliver(
    @Body({ schema: requestSchema }) { dryRun }: z.infer<typeof requestSchema>,
    @CurrentCaller() { code: caller }: Caller,
  ): Promise<Redelivery> {
    const actor = { caller, at: this.clock.now() };
    await this.database.transaction((client) =>
      recordAuditWithin(client, actor, { action: 'usage_segments.redeliver', subject: { dryRun } }),
    );
    return this.segments.redeliver(dryRun);
  }
}
