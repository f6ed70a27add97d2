import type { BillingPeriod, Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Controller, Get, Inject, Param, Query, type StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { z } from 'zod';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { jsonOf } from '../api/json.ts';
import { periodSchema } from '../api/period.ts';
import { streamedResult } from '../api/streamed-result.ts';
import { UsageRetention } from '../retention/usage-retention.ts';
import { Reconciler } from './reconciler.ts';
import { reconciliationSchema } from './schemas.ts';

const querySchema = z.object({
  deep: z
    .enum(['true', 'false'])
    .default('false')
    .describe('`true`: reads every raw record again; the answer is NDJSON, `progress` by `progress`, then `result`.'),
});

@Controller('reconciliation')
export class ReconciliationController {
  constructor(
    @Inject(Reconciler) private readonly reconciler: Reconciler,
    @Inject(UsageRetention) private readonly retention: UsageRetention,
    @Inject(AdministrationDatabase) private readonly database: AdministrationDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Journal records = records counted = ledger leaves = statement quantity: by producer and day, and what differs. */
  @Get(':period')
  @AllowRoles('finance', 'operator')
  @ApiProduces('application/json', 'application/x-ndjson')
  @ApiOkResponse({ standardSchema: reconciliationSchema })
  async reconcile(
    @Param('period', { schema: periodSchema }) text: string,
    @Query({ schema: querySchema }) { deep }: z.infer<typeof querySchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<object | StreamableFile> {
    const period = text as BillingPeriod;
    if (deep === 'true') await this.retention.mustBeThere(period);
    const actor = { caller: caller.code, at: this.clock.now() };
    const entry = { action: 'reconciliation.read' as const, subject: { period, deep } };
    await this.database.transaction((client) => recordAudit(client, actor, entry));
    if (deep === 'false') return jsonOf(await this.reconciler.reconcile(period));
    return streamedResult((report) => this.reconciler.reconcileDeep(period, report));
  }
}
