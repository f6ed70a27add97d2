import type { BillingPeriod, Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import type { Caller } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { periodSchema } from '../api/period.ts';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { ClosingScheduler } from './closing-scheduler.ts';
import { closingJson } from './convert.ts';
import { MonthClosing } from './month-closing.ts';
import { closeSchema, closingSchema } from './schemas.ts';
import { StatementClosing } from './statement-closing.ts';
import { StatementStore } from './statement-store.ts';

/** More customers than a month ever has: PF providers, each accredited. */
const ALL = 10_000;

@Controller('billing/:period/close')
export class ClosingController {
  constructor(
    @Inject(MonthClosing) private readonly closing: MonthClosing,
    @Inject(ClosingScheduler) private readonly scheduler: ClosingScheduler,
    @Inject(StatementClosing) private readonly statementClosing: StatementClosing,
    @Inject(StatementStore) private readonly statements: StatementStore,
    @Inject(AdministrationDatabase) private readonly database: AdministrationDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** How far the closing of a month is: its statements, closed and to be closed, and what they wait for. */
  @Get()
  @AllowRoles('finance', 'operator')
  @ApiOkResponse({ standardSchema: closingSchema })
  show(@Param('period', { schema: periodSchema }) text: string, @CurrentCaller() caller: Caller): Promise<object> {
    return this.#view(text as BillingPeriod, caller);
  }

  async #view(period: BillingPeriod, caller: Caller, pricesOfNow = false): Promise<object> {
    const actor = { caller: caller.code, at: this.clock.now() };
    await this.database.transaction((client) =>
      recordAudit(client, actor, { action: 'billing.read', subject: { period, closing: true } }),
    );
    const preview = await this.closing.preview(period, actor.at, pricesOfNow);
    // Read afterwards: what is closed meanwhile is not missing.
    const closed = await this.statements.list({ period }, ALL);
    const nameOf = (customer: string): string => this.statementClosing.recipientOf(customer).name;
    return closingJson({ preview, closed, nameOf });
  }

  /**
   * Begins to close a month. It goes on by itself until every customer has its statement; what it waits for is in the
   * answer. Calling again changes nothing.
   */
  @Post()
  @HttpCode(200)
  @AllowRoles('finance')
  @ApiOkResponse({ standardSchema: closingSchema })
  async close(
    @Param('period', { schema: periodSchema }) text: string,
    @Body({ schema: closeSchema }) { dryRun, pricesOfNow }: z.infer<typeof closeSchema>,
    @CurrentCaller() caller: Caller,
  ): Promise<object> {
    if (!dryRun) {
      const actor = { caller: caller.code, at: this.clock.now() };
      if (pricesOfNow) await this.closing.reprice(text as BillingPeriod, actor);
      await this.closing.begin(text as BillingPeriod, actor);
      this.scheduler.wake();
    }
    return this.#view(text as BillingPeriod, caller, pricesOfNow);
  }
}
