import {
  type ClosedStatement,
  type CorrectionBasis,
  type CreditNote,
  creditNoteFor,
  differenceOf,
  linesAfter,
  priceListHash,
  type QuantityCorrection,
  type StatementLine,
  withQuantities,
} from '@kakunin/billing';
import { Database } from '@kakunin/postgres';
import { Inject, Injectable } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { type Actor, recordAuditWithin } from '../database/audit.ts';
import { PriceStore } from '../prices/price-store.ts';
import { ClosingError } from './closing-error.ts';
import { hasLateUsage } from './closing-reads.ts';
import { CreditNoteStore } from './credit-note-store.ts';
import { nextNumber } from './document-number.ts';
import { StatementClosing } from './statement-closing.ts';
import { StatementDrafts } from './statement-drafts.ts';
import { type StatementKey, StatementStore } from './statement-store.ts';

/** What finance says of a statement that charged too much. */
export type Correction =
  | { readonly kind: 'quantities'; readonly lines: readonly QuantityCorrection[] }
  | { readonly kind: 'prices'; readonly knownAt: number }
  | { readonly kind: 'cancellation' };

export interface CreditNoteRequest extends StatementKey {
  readonly actor: Actor;
  readonly correction: Correction;
  readonly reason: CreditNote['reason'];
}

/** Gives back what closed statements charged too much. */
@Injectable()
export class CreditNotes {
  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(StatementStore) private readonly statements: StatementStore,
    @Inject(CreditNoteStore) private readonly notes: CreditNoteStore,
    @Inject(StatementDrafts) private readonly drafts: StatementDrafts,
    @Inject(StatementClosing) private readonly closing: StatementClosing,
    @Inject(PriceStore) private readonly prices: PriceStore,
  ) {}

  /**
   * The note that would be issued; it bears no number.
   * @returns undefined: there is no such statement
   * @throws BillingError `not_a_credit` | `unknown_line` | `credit_exceeds_statement`; ClosingError `late_usage` | `other_basis`
   */
  preview(request: CreditNoteRequest): Promise<CreditNote | undefined> {
    return this.database.transaction((client) => this.#make(client, request, async () => ''));
  }

  /** As {@link preview}, and issues it: with a number, signed, audited; all or nothing. */
  issue(request: CreditNoteRequest): Promise<CreditNote | undefined> {
    return this.database.transaction(async (client) => {
      const numbered = { series: 'credit_note' as const, issuer: this.closing.issuer.registrationNumber };
      const note = await this.#make(client, request, (at) => nextNumber(client, { ...numbered, at }));
      if (!note) return undefined;
      await this.notes.add(client, note);
      const { period, customer, actor } = request;
      const subject = { period, customer, number: note.number, amountDue: note.totals.amountDue.toString() };
      await recordAuditWithin(client, actor, { action: 'credit_note.issue', subject });
      return note;
    });
  }

  async #make(
    client: PoolClient,
    request: CreditNoteRequest,
    numberAt: (at: number) => Promise<string>,
  ): Promise<CreditNote | undefined> {
    // Two notes of one statement come one after the other: the second knows what the first gave back.
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `credit note ${request.period} ${request.customer}`,
    ]);
    const statement = await this.statements.read(request);
    if (!statement) return undefined;
    const earlier = await this.notes.of(request, client);
    const found = await this.#correct({ statement, earlier, correction: request.correction, at: request.actor.at });
    const issuedAt = Math.max(request.actor.at, statement.closedAt);
    const { tax } = this.closing;
    // Numbered last: a correction that is refused takes no number.
    const note = { statement, earlier, ...found, reason: request.reason, issuedAt, tax };
    creditNoteFor({ ...note, number: '' });
    return creditNoteFor({ ...note, number: await numberAt(issuedAt) });
  }

  async #correct({ statement, earlier, correction, at }: Correcting): Promise<Corrected> {
    if (correction.kind === 'cancellation') return { corrected: [], basis: correction };
    const other = earlier.find(({ basis }) => basis.kind !== 'quantities' || correction.kind !== 'quantities');
    if (other) throw ClosingError.otherBasis(other.number);
    if (correction.kind === 'prices') {
      // What may still be recorded is no ground: the book is settled first.
      const knownAt = Math.min(correction.knownAt, await this.prices.settle(at));
      return this.database.snapshot((client) => this.#rateAgain(client, statement, knownAt));
    }
    const corrected = withQuantities(statement, earlier, correction.lines);
    return { corrected, basis: { kind: 'quantities' } };
  }

  /**
   * What all usage of the month costs by other prices, less what it costs by those of the statement. Usage that no
   * statement bills yet would be given back before it is charged, so it has to be billed first. All reads are of one state
   * of the database, seen once the lock is held.
   */
  async #rateAgain(client: PoolClient, statement: ClosedStatement, knownAt: number): Promise<Corrected> {
    const { customer, period } = statement;
    if (await hasLateUsage(client, period, customer)) throw ClosingError.lateUsage(period);
    const before = await this.prices.asKnownAt(statement.pricesKnownAt);
    const prices = await this.prices.asKnownAt(knownAt);
    const right = await this.drafts.rated(client, { customer, period, prices });
    const billed = await this.drafts.rated(client, { customer, period, prices: before });
    const wrong = differenceOf(billed, right);
    const corrected = differenceOf(linesAfter(statement, []), wrong);
    const basis = { kind: 'prices', pricesKnownAt: knownAt, priceListHash: priceListHash(prices, customer) } as const;
    return { corrected, basis };
  }
}

interface Correcting {
  readonly statement: ClosedStatement;
  readonly earlier: readonly CreditNote[];
  readonly correction: Correction;
  /** Epoch ms. */
  readonly at: number;
}

interface Corrected {
  readonly corrected: readonly StatementLine[];
  readonly basis: CorrectionBasis;
}
