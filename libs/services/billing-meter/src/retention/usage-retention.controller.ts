import type { BillingPeriod, Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { z } from 'zod';
import { periodSchema } from '../api/period.ts';
import { type Removal, UsageRetention } from './usage-retention.ts';

const removeSchema = z.strictObject({
  before: periodSchema.describe('The first month whose raw records are kept.'),
  reason: z
    .string()
    .trim()
    .regex(/^[^\p{Cc}\p{Cs}]{1,500}$/u, 'One line of 1 to 500 characters.')
    .describe('Kept in the audit.'),
  dryRun: z.boolean().default(false).describe('Only say what would be removed, and what keeps it from that.'),
});

const removalSchema = z.strictObject({
  before: z.string(),
  objects: z.int().describe('Of the archive of raw records.'),
  segments: z.int(),
  minutes: z.int().describe('Rows of counts by the minute.'),
  more: z.boolean().describe('There is more than one call removes: call again.'),
});

@Controller('usage-removals')
export class UsageRetentionController {
  constructor(
    @Inject(UsageRetention) private readonly retention: UsageRetention,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Removes raw records and counts by the minute of months before one, a part a call: what the law, an open month, late
   * usage, the objection period or a ledger needs is refused (409). Statements, ledgers and sums by day stay.
   */
  @Post()
  @HttpCode(200)
  @AllowRoles('finance')
  @ApiOkResponse({ standardSchema: removalSchema })
  remove(
    @Body({ schema: removeSchema }) { before: month, reason, dryRun }: z.infer<typeof removeSchema>,
    @CurrentCaller() { code }: Caller,
  ): Promise<Removal> {
    const before = month as BillingPeriod;
    if (dryRun) return this.retention.preview(before);
    return this.retention.remove({ before, reason, actor: { caller: code, at: this.clock.now() } });
  }
}
