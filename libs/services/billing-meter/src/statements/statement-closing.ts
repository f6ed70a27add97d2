import {
  BillingError,
  type ClosingBlocker,
  type ClosingMonth,
  closeStatement,
  CONSUMPTION_TAX_RATES,
  type Issuer,
  missingPartyItems,
  type ProducerProgress,
  type Recipient,
  type TaxRule,
  taxOf,
  type TaxSummary,
} from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import { RELYING_PARTIES } from '@kakunin/callers';
import { Database } from '@kakunin/postgres';
import type { RelyingPartyDirectory } from '@kakunin/relying-parties';
import { CONFIG } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import type { BillingMeterConfig } from '../config.ts';
import { insertBilledUsage, usageDifferences } from './billed-usage.ts';
import { isClosed, pendingSegments } from './closing-reads.ts';
import { nextNumber } from './document-number.ts';
import { type DraftInput, type StatementDraft, StatementDrafts } from './statement-drafts.ts';
import { StatementStore } from './statement-store.ts';

/** What became of a customer in this round. `nothing`: it has nothing to be billed. */
export type ClosingOutcome =
  | { readonly state: 'closed' | 'nothing' }
  | { readonly state: 'blocked'; readonly blockers: readonly ClosingBlocker[] };

/** What a statement would be, closed now; without a statement there is nothing to be billed, or it cannot be rated. */
export interface StatementPreview extends Partial<Pick<StatementDraft, 'statement' | 'lateMonths'>> {
  readonly tax?: TaxSummary;
  readonly blockers: readonly ClosingBlocker[];
}

export interface StatementClosingInput {
  readonly month: ClosingMonth;
  readonly customer: string;
  /** Read before: what they had handed over by then is counted. */
  readonly producers: readonly ProducerProgress[];
  /** Epoch ms. */
  readonly now: number;
}

/** Closes the statement of one customer, in one transaction: there is all of it, or nothing. */
@Injectable()
export class StatementClosing {
  readonly issuer: Issuer;
  readonly tax: TaxRule;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(StatementDrafts) private readonly drafts: StatementDrafts,
    @Inject(StatementStore) private readonly statements: StatementStore,
    @Inject(RELYING_PARTIES) private readonly directory: RelyingPartyDirectory,
    @Inject(CONFIG) config: BillingMeterConfig,
  ) {
    this.issuer = {
      name: config.issuerName,
      nameEn: config.issuerNameEn,
      address: config.issuerAddress,
      registrationNumber: config.issuerRegistrationNumber,
    };
    this.tax = { rates: CONSUMPTION_TAX_RATES, rounding: config.taxRounding };
  }

  /**
   * Once closed it stays as it is: closing again does nothing. Quantities, ledger and what was billed are of one moment:
   * whatever is counted meanwhile is late.
   * @throws DatabaseError `database_unavailable`
   */
  close(input: StatementClosingInput): Promise<ClosingOutcome> {
    const { month, customer } = input;
    return this.database.snapshot(async (client): Promise<ClosingOutcome> => {
      if (await isClosed(client, month.period, customer)) return { state: 'closed' };
      const blockers = await this.#waitsFor(client, customer, month.period);
      if (blockers.length > 0) return { state: 'blocked', blockers };
      const rated = await this.#rate(client, { customer, ...month });
      if ('blockers' in rated) return { state: 'blocked', ...rated };
      if (!rated.draft) return { state: 'nothing' };
      await this.#keep(client, input, rated.draft);
      return { state: 'closed' };
    });
  }

  preview(input: DraftInput): Promise<StatementPreview> {
    return this.database.snapshot(async (client) => {
      const waitsFor = await this.#waitsFor(client, input.customer, input.period);
      const rated = await this.#rate(client, input);
      if ('blockers' in rated) return { blockers: [...waitsFor, ...rated.blockers] };
      if (!rated.draft) return { blockers: waitsFor };
      const { statement, lateMonths } = rated.draft;
      return { statement, lateMonths, tax: taxOf(statement.lines, this.tax), blockers: waitsFor };
    });
  }

  /** What every statement lacks. */
  issuerBlockers(): readonly ClosingBlocker[] {
    const items = missingPartyItems({ issuer: this.issuer, recipient: { name: 'anyone' } });
    return items.length > 0 ? [{ reason: 'invoice_item_missing', items }] : [];
  }

  recipientOf(customer: string): Recipient {
    return { name: this.directory.get(customer)?.name ?? '' };
  }

  async #keep(
    client: PoolClient,
    { month, customer, producers, now }: StatementClosingInput,
    { ledger, usage, ...draft }: StatementDraft,
  ): Promise<void> {
    const { issuer, tax } = this;
    const number = await nextNumber(client, { series: 'statement', issuer: issuer.registrationNumber, at: now });
    const invoice = { number, issuer, recipient: this.recipientOf(customer) };
    const closed = closeStatement({ ...draft, month, producers, invoice, ...(ledger && { ledger }), tax, now });
    // What could be missing was looked at before. Rolled back, the number is free again.
    if (!closed.done) throw new Error(`A statement cannot be closed: ${JSON.stringify(closed.blockers)}`);
    await insertBilledUsage(client, closed.to, usage);
    await this.statements.add(client, closed.to);
  }

  async #waitsFor(client: PoolClient, customer: string, period: BillingPeriod): Promise<readonly ClosingBlocker[]> {
    const segments = await pendingSegments(client, customer, period);
    const items = missingPartyItems({ issuer: this.issuer, recipient: this.recipientOf(customer) });
    const own = items.filter((item) => item === 'recipient_name');
    return [
      ...(segments > 0n ? [{ reason: 'ledger_behind' as const, customer, segments }] : []),
      ...(own.length > 0 ? [{ reason: 'invoice_item_missing' as const, customer, items: own }] : []),
    ];
  }

  async #rate(client: PoolClient, input: DraftInput): Promise<Rated> {
    try {
      const draft = await this.drafts.draft(client, input);
      const blockers = draft ? usageDifferences(input.customer, draft.statement.lines, draft.usage) : [];
      return blockers.length > 0 ? { blockers } : { draft };
    } catch (error) {
      if (!(error instanceof BillingError)) throw error;
      const { code, message: detail } = error;
      return { blockers: [{ reason: 'not_rated', customer: input.customer, code, detail }] };
    }
  }
}

type Rated = { readonly draft: StatementDraft | undefined } | { readonly blockers: readonly ClosingBlocker[] };
