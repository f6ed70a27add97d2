import type { BillingPeriod, Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Controller, Get, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { z } from 'zod';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { jsonOf } from '../api/json.ts';
import { periodSchema } from '../api/period.ts';
import { resaleCsv } from './resale-csv.ts';
import { Reseller } from './reseller.ts';
import { resoldMonthSchema } from './schemas.ts';

const querySchema = z.strictObject({ format: z.enum(['json', 'csv']).default('json') });

@Controller('resale')
export class ResaleController {
  constructor(
    @Inject(Reseller) private readonly reseller: Reseller,
    @Inject(AdministrationDatabase) private readonly database: AdministrationDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What the caller bills its service providers: the fee passed through and its margin, on lines of their own. */
  @Get(':period')
  @AllowRoles('platform_provider')
  @ApiProduces('application/json', 'text/csv')
  @ApiOkResponse({ standardSchema: resoldMonthSchema })
  async month(
    @Param('period', { schema: periodSchema }) period: string,
    @Query({ schema: querySchema }) { format }: z.infer<typeof querySchema>,
    @CurrentCaller() { code }: Caller,
  ): Promise<StreamableFile> {
    const actor = { caller: code, at: this.clock.now() };
    const subject = { period, format };
    await this.database.transaction((client) => recordAudit(client, actor, { action: 'resale.read', subject }));
    const month = await this.reseller.month(code, period as BillingPeriod);
    return format === 'csv'
      ? new StreamableFile(resaleCsv(month), {
          type: 'text/csv; charset=utf-8',
          disposition: `attachment; filename="resale-${period}.csv"`,
        })
      : new StreamableFile(Buffer.from(`${JSON.stringify(jsonOf(month))}\n`), {
          type: 'application/json; charset=utf-8',
        });
  }
}
