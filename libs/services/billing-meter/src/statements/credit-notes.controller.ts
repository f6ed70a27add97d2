import type { BillingPeriod, Clock } from '@kakunin/calendar';
import { AllowRoles, CurrentCaller } from '@kakunin/callers';
import { type Caller, relyingPartyCodeSchema } from '@kakunin/relying-parties';
import { CLOCK } from '@kakunin/runtime';
import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import { periodSchema } from '../api/period.ts';
import { AdministrationDatabase } from '../database/administration-database.ts';
import { recordAudit } from '../database/audit.ts';
import { seesEverything } from '../visibility.ts';
import { jsonOf } from '../api/json.ts';
import { CreditNoteStore } from './credit-note-store.ts';
import { type Correction, CreditNotes } from './credit-notes.ts';
import { creditNoteSchema, creditNotesSchema, newCreditNoteSchema } from './schemas.ts';
import { StatementStore } from './statement-store.ts';
import { noStatement } from './statements.controller.ts';

type NewCreditNote = z.infer<typeof newCreditNoteSchema>;

@Controller('statements/:period/:customer/credit-notes')
export class CreditNotesController {
  constructor(
    @Inject(CreditNotes) private readonly creditNotes: CreditNotes,
    @Inject(CreditNoteStore) private readonly notes: CreditNoteStore,
    @Inject(StatementStore) private readonly statements: StatementStore,
    @Inject(AdministrationDatabase) private readonly database: AdministrationDatabase,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Those of a statement, in the order in which they were issued. */
  @Get()
  @AllowRoles('finance', 'operator', 'platform_provider')
  @ApiOkResponse({ standardSchema: creditNotesSchema })
  async list(
    @Param('period', { schema: periodSchema }) text: string,
    @Param('customer', { schema: relyingPartyCodeSchema }) customer: string,
    @CurrentCaller() caller: Caller,
  ): Promise<object> {
    const key = { period: text as BillingPeriod, customer };
    if (!seesEverything(caller) && customer !== caller.code) throw noStatement();
    const actor = { caller: caller.code, at: this.clock.now() };
    const entry = { action: 'billing.read' as const, subject: { ...key, creditNotes: true } };
    await this.database.transaction((client) => recordAudit(client, actor, entry));
    if (!(await this.statements.document(key))) throw noStatement();
    return { items: (await this.notes.of(key)).map(jsonOf) };
  }

  /**
   * Gives back what the statement charged too much: by the quantities that are right, by prices as they were known at
   * another instant, or all of it. What was charged too little is no credit: 409 `not_a_credit`.
   */
  @Post()
  @HttpCode(200)
  @AllowRoles('finance')
  @ApiOkResponse({ standardSchema: creditNoteSchema })
  async issue(
    @Param('period', { schema: periodSchema }) text: string,
    @Param('customer', { schema: relyingPartyCodeSchema }) customer: string,
    @Body({ schema: newCreditNoteSchema }) { correction, reason, dryRun }: NewCreditNote,
    @CurrentCaller() caller: Caller,
  ): Promise<object> {
    const actor = { caller: caller.code, at: this.clock.now() };
    const key = { period: text as BillingPeriod, customer };
    const request = { ...key, actor, reason, correction: correctionFrom(correction) };
    const note = dryRun ? await this.creditNotes.preview(request) : await this.creditNotes.issue(request);
    if (!note) throw noStatement();
    return jsonOf(note);
  }
}

function correctionFrom(given: NewCreditNote['correction']): Correction {
  if (given.kind !== 'quantities') return given;
  return { kind: 'quantities', lines: given.lines.map(({ line, quantity }) => ({ line, quantity: BigInt(quantity) })) };
}
