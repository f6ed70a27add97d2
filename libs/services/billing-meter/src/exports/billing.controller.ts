import { Readable } from 'node:stream';
import { type BillingPeriod, billingPeriodBounds, type Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { DocumentSigner } from '@kakunin/signing-keys';
import { ConflictException, Controller, Get, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { z } from 'zod';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { PriceStore } from '../prices/price-store.ts';
import { periodSchema } from '../api/period.ts';
import { seesEverything } from '../visibility.ts';
import { type BillingExport, billingExportOf } from './billing-export.ts';
import { type ClosedExportInput, ClosedExports } from './closed-exports.ts';
import { exportCsv } from './export-csv.ts';
import { exportJson } from './export-json.ts';
import { proofOf, proofSchema } from './proof.ts';
import { closedExportSchema, exportSchema } from './export-schema.ts';
import { UsageStore } from '../metering/usage-store.ts';

const querySchema = z.object({ format: z.enum(['json', 'csv', 'focus']).default('json'), proof: proofSchema });

@Controller('billing')
export class BillingController {
  constructor(
    @Inject(UsageStore) private readonly usage: UsageStore,
    @Inject(PriceStore) private readonly prices: PriceStore,
    @Inject(ClosedExports) private readonly closed: ClosedExports,
    @Inject(DocumentSigner) private readonly signer: DocumentSigner,
    @Inject(AdministrationDatabase) private readonly database: AdministrationDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * What a month costs: every customer for finance and operators, itself for a platform provider. A closed month is its
   * statements, the same octets for ever; any other follows usage and prices.
   */
  @Get(':period')
  @AllowRoles('finance', 'operator', 'platform_provider')
  @ApiProduces('application/json', 'text/csv')
  @ApiOkResponse({ standardSchema: z.union([exportSchema, closedExportSchema]) })
  async export(
    @Param('period', { schema: periodSchema }) month: string,
    @Query({ schema: querySchema }) { format, proof }: z.infer<typeof querySchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<StreamableFile> {
    const period = month as BillingPeriod;
    const customer = seesEverything(caller) ? undefined : caller.code;
    const actor = { caller: caller.code, at: this.clock.now() };
    const subject = { period, format, customer: customer ?? null };
    // Nobody reads money without leaving a trace: the row is there before the first byte.
    await this.database.transaction((client) => recordAudit(client, actor, { action: 'billing.export', subject }));
    const wanted = { period, format, ...(customer !== undefined && { customer }) };
    const name = format === 'focus' ? `focus-${period}.csv` : `billing-${period}.${format}`;
    const closed = await this.closed.of(wanted);
    if (proof !== undefined) {
      if (!closed) throw notClosed(period, 'what may still change is not signed');
      return proofOf({ proof, name, text: closed, signer: this.signer });
    }
    const text = closed ?? (await this.#open(wanted));
    return new StreamableFile(Readable.from(text), {
      type: format === 'json' ? 'application/json; charset=utf-8' : 'text/csv; charset=utf-8',
      disposition: `attachment; filename="${name}"`,
    });
  }

  async #open({ format, ...wanted }: Wanted): Promise<Iterable<string>> {
    // Costs that may still change would be taken for costs that were invoiced.
    if (format === 'focus') throw notClosed(wanted.period, 'FOCUS shows what is invoiced');
    const billed = await this.#bill(wanted);
    return format === 'csv' ? exportCsv(billed) : exportJson(billed);
  }

  async #bill({ period, customer }: Omit<Wanted, 'format'>): Promise<BillingExport> {
    const { start, end } = billingPeriodBounds(period);
    const all = await this.prices.read();
    // A minimum is owed without usage: that of another customer is not its to see.
    const prices = customer === undefined ? all : all.forCustomer(customer);
    const spans = [start, ...prices.changesWithin({ start, end })];
    const usage = await this.usage.sums({ spans, end, ...(customer !== undefined && { customer }) });
    return billingExportOf({ period, usage, prices, now: this.clock.now() });
  }
}

type Wanted = ClosedExportInput & Pick<z.infer<typeof querySchema>, 'format'>;

const notClosed = (period: BillingPeriod, why: string): ConflictException =>
  new ConflictException(`${period} is not closed: ${why}.`);
