import { Readable } from 'node:stream';
import { type BillingPeriod, billingPeriodBounds, type Clock, parseBillingPeriod } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Controller, Get, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { z } from 'zod';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { PriceStore } from '../prices/price-store.ts';
import { seesEverything } from '../visibility.ts';
import { type BillingExport, billingExportOf } from './billing-export.ts';
import { exportCsv } from './export-csv.ts';
import { exportJson } from './export-json.ts';
import { exportSchema } from './export-schema.ts';
import { UsageStore } from '../metering/usage-store.ts';

const periodSchema = z
  .string()
  .refine((text) => parseBillingPeriod(text) !== undefined, 'A month in Japan such as 2026-10.')
  .describe('A month in Japan such as 2026-10.');
const querySchema = z.object({ format: z.enum(['json', 'csv']).default('json') });

@Controller('billing')
export class BillingController {
  constructor(
    @Inject(UsageStore) private readonly usage: UsageStore,
    @Inject(PriceStore) private readonly prices: PriceStore,
    @Inject(AdministrationDatabase) private readonly database: AdministrationDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What a month costs: every customer for finance and operators, itself for a platform provider. */
  @Get(':period')
  @AllowRoles('finance', 'operator', 'platform_provider')
  @ApiProduces('application/json', 'text/csv')
  @ApiOkResponse({ standardSchema: exportSchema })
  async export(
    @Param('period', { schema: periodSchema }) text: string,
    @Query({ schema: querySchema }) { format }: z.infer<typeof querySchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<StreamableFile> {
    const period = text as BillingPeriod;
    const customer = seesEverything(caller) ? undefined : caller.code;
    const actor = { caller: caller.code, at: this.clock.now() };
    const subject = { period, format, customer: customer ?? null };
    // Nobody reads money without leaving a trace: the row is there before the first byte.
    await this.database.transaction((client) => recordAudit(client, actor, { action: 'billing.export', subject }));
    const billed = await this.#bill(period, customer);
    return new StreamableFile(format === 'csv' ? exportCsv(billed) : Readable.from(exportJson(billed)), {
      type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
      disposition: `attachment; filename="billing-${period}.${format}"`,
    });
  }

  async #bill(period: BillingPeriod, customer: string | undefined): Promise<BillingExport> {
    const { start, end } = billingPeriodBounds(period);
    const all = await this.prices.read();
    // A minimum is owed without usage: that of another customer is not its to see.
    const prices = customer === undefined ? all : all.forCustomer(customer);
    const spans = [start, ...prices.changesWithin({ start, end })];
    const usage = await this.usage.sums({ spans, end, ...(customer !== undefined && { customer }) });
    return billingExportOf({ period, usage, prices, now: this.clock.now() });
  }
}
