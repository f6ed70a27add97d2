import type { Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Controller, Get, Inject, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiProduces } from '@nestjs/swagger';
import { type Page, pageOf } from '../api/page.ts';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { UsageRetention } from '../retention/usage-retention.ts';
import { seesEverything } from '../visibility.ts';
import { usageCsv } from './usage-csv.ts';
import { keyOf, usagePageSchema, type UsageQuantity, type UsageQuery, usageQuerySchema } from './usage-query.ts';
import { type ReportInput, UsageReportStore } from './usage-report-store.ts';

/** Rows that are read at once for a whole answer. */
const CHUNK = 10_000;

@Controller('usage')
export class UsageController {
  constructor(
    @Inject(UsageReportStore) private readonly store: UsageReportStore,
    @Inject(UsageRetention) private readonly retention: UsageRetention,
    @Inject(AdministrationDatabase) private readonly database: AdministrationDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Recorded checks by hour, day or month: a platform provider's own and its service providers', all for finance. */
  @Get()
  @AllowRoles('finance', 'operator', 'platform_provider')
  @ApiProduces('application/json', 'text/csv')
  @ApiOkResponse({ standardSchema: usagePageSchema })
  async read(
    @Query({ schema: usageQuerySchema }) { cursor, limit, format, ...query }: UsageQuery,
    @CurrentCaller() caller: Caller,
  ): Promise<Page<UsageQuantity> | StreamableFile> {
    const wanted = seesEverything(caller) ? query : { ...query, customer: caller.code };
    if (query.by === 'hour') await this.retention.mustBeThere(query.from.slice(0, 7));
    const actor = { caller: caller.code, at: this.clock.now() };
    // Nobody reads what is charged without leaving a trace: the row is there before the first byte.
    await this.database.transaction((client) => recordAudit(client, actor, { action: 'usage.read', subject: wanted }));
    if (format === 'csv') {
      return new StreamableFile(usageCsv(this.#all(wanted)), {
        type: 'text/csv; charset=utf-8',
        disposition: `attachment; filename="usage-${wanted.from}-${wanted.to}.csv"`,
      });
    }
    const rows = await this.store.read({ ...wanted, after: cursor, limit: limit + 1 });
    return pageOf({ rows, limit, keyOf, itemOf: (row) => row });
  }

  async *#all(wanted: Omit<ReportInput, 'after' | 'limit'>): AsyncGenerator<UsageQuantity> {
    let rows = await this.store.read({ ...wanted, limit: CHUNK });
    yield* rows;
    for (let last = rows.at(-1); last && rows.length === CHUNK; last = rows.at(-1)) {
      rows = await this.store.read({ ...wanted, after: keyOf(last), limit: CHUNK });
      yield* rows;
    }
  }
}
