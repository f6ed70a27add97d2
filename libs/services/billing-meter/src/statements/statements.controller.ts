import type { BillingPeriod, Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Controller, Get, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { pageOf, pageSchema } from '../api/page.ts';
import { periodSchema } from '../api/period.ts';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { seesEverything } from '../visibility.ts';
import { jsonOf } from '../api/json.ts';
import { summaryJson } from './convert.ts';
import { CreditNoteStore } from './credit-note-store.ts';
import { linesQuerySchema, statementsQuerySchema, statementSchema, statementSummarySchema } from './schemas.ts';
import { StatementStore } from './statement-store.ts';

@Controller('statements')
export class StatementsController {
  constructor(
    @Inject(StatementStore) private readonly statements: StatementStore,
    @Inject(CreditNoteStore) private readonly creditNotes: CreditNoteStore,
    @Inject(AdministrationDatabase) private readonly database: AdministrationDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Closed statements by month and customer: every customer's for finance and operators, a platform provider's own. */
  @Get()
  @AllowRoles('finance', 'operator', 'platform_provider')
  @ApiOkResponse({ standardSchema: pageSchema(statementSummarySchema) })
  async list(
    @Query({ schema: statementsQuerySchema }) query: z.infer<typeof statementsQuerySchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<object> {
    const { cursor, limit, period, customer } = query;
    if (!seesEverything(caller) && customer !== undefined && customer !== caller.code) return { items: [] };
    const own = seesEverything(caller) ? customer : caller.code;
    const filter = { ...(period && { period: period as BillingPeriod }), ...(own !== undefined && { customer: own }) };
    await this.#audit(caller, { ...filter });
    const after = cursor && { period: cursor[0] as BillingPeriod, customer: cursor[1] };
    const rows = await this.statements.list(filter, limit + 1, after);
    return pageOf({ rows, limit, keyOf: (row) => [row.period, row.customer], itemOf: summaryJson });
  }

  /** One statement, and its lines by pages; its hash and signature are those of the whole document. */
  @Get(':period/:customer')
  @AllowRoles('finance', 'operator', 'platform_provider')
  @ApiOkResponse({ standardSchema: statementSchema })
  async read(
    @Param('period', { schema: periodSchema }) text: string,
    @Param('customer', { schema: relyingPartyCodeSchema }) customer: string,
    @Query({ schema: linesQuerySchema }) { cursor, limit }: z.infer<typeof linesQuerySchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<object> {
    const key = { period: text as BillingPeriod, customer };
    if (!seesEverything(caller) && customer !== caller.code) throw noStatement();
    await this.#audit(caller, key);
    const head = await this.statements.head(key);
    if (!head) throw noStatement();
    const rows = await this.statements.lines(key, cursor?.[0] ?? 0, limit + 1);
    const page = pageOf({ rows, limit, keyOf: (line) => [line.ordinal], itemOf: jsonOf });
    const creditNotes = (await this.creditNotes.of(key)).map(({ number }) => number);
    return { ...head, creditNotes, ...page };
  }

  async #audit({ code }: Caller, subject: Readonly<Record<string, string>>): Promise<void> {
    const actor = { caller: code, at: this.clock.now() };
    await this.database.transaction((client) => recordAudit(client, actor, { action: 'billing.read', subject }));
  }
}

/** The same for one that is not there and for one of somebody else. */
export const noStatement = (): NotFoundException => new NotFoundException('There is no such statement.');
