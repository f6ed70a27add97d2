import {
  type ClosedStatement,
  type CorrectionBasis,
  type CreditNote,
  creditNoteFor,
  differenceOf,
  linesAfter,
  type PriceList,
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
  async preview(request: CreditNoteRequest): Promise<CreditNote | undefined> {
    const ground = await this.#groundOf(request);
    return ground && this.#locked((client) => this.#make(client, ground, async () => ''));
  }

  /** As {@link preview}, and issues it: with a number, signed, audited; all or nothing. */
  async issue(request: CreditNoteRequest): Promise<CreditNote | undefined> {
    const ground = await this.#groundOf(request);
    if (!ground) return undefined;
    return this.#locked(async (client) => {
      const numbered = { series: 'credit_note' as const, issuer: this.closing.issuer.registrationNumber };
      const note = await this.#make(client, ground, (at) => nextNumber(client, { ...numbered, at }));
      await this.notes.add(client, note);
      const { period, customer, actor } = request;
      const subject = { period, customer, number: note.number, amountDue: note.totals.amountDue.toString() };
      await recordAuditWithin(client, actor, { action: 'credit_note.issue', subject });
      return note;
    });
  }

  /** What does not change any more is read before: who holds the lock waits for no second connection. */
  async #groundOf(request: CreditNoteRequest): Promise<Ground | undefined> {
    const statement = await this.statements.read(request);
    if (!statement) return undefined;
    const { correction, actor } = request;
    if (correction.kind !== 'prices') return { request, statement };
    // What may still be recorded is no ground: the book is settled first.
    const knownAt = Math.min(correction.knownAt, await this.prices.settle(actor.at));
    const [before, right] = [
      await this.prices.asKnownAt(statement.pricesKnownAt),
      await this.prices.asKnownAt(knownAt),
    ];
    return { request, statement, prices: { before, right, knownAt } };
  }

  /**
   * Notes come one after the other: the second knows what the first gave back. LOCK takes no snapshot, so what is read is
   * one state of the database that was seen after the lock was held.
   */
  #locked<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.database.snapshot(async (client) => {
      await client.query('LOCK TABLE credit_note IN SHARE ROW EXCLUSIVE MODE');
      return work(client);
    });
  }

  async #make(client: PoolClient, ground: Ground, numberAt: (at: number) => Promise<string>): Promise<CreditNote> {
    const { request, statement } = ground;
    const earlier = await this.notes.of(request, client);
    const found = await this.#correct(client, ground, earlier);
    const issuedAt = Math.max(request.actor.at, statement.closedAt);
    const { rates } = this.closing.tax;
    // Numbered last: a correction that is refused takes no number.
    const note = { statement, earlier, ...found, reason: request.reason, issuedAt, rates };
    creditNoteFor({ ...note, number: '' });
    return creditNoteFor({ ...note, number: await numberAt(issuedAt) });
  }

  async #correct(
    client: PoolClient,
    { request: { correction }, statement, prices }: Ground,
    earlier: readonly CreditNote[],
  ): Promise<Corrected> {
    if (correction.kind === 'cancellation') return { corrected: [], basis: correction };
    const other = earlier.find(({ basis }) => basis.kind !== 'quantities' || correction.kind !== 'quantities');
    if (other) throw ClosingError.otherBasis(other.number);
    if (prices) return this.#rateAgain(client, statement, prices);
    const lines = correction.kind === 'quantities' ? correction.lines : [];
    return { corrected: withQuantities(statement, earlier, lines), basis: { kind: 'quantities' } };
  }

  /**
   * What all usage of the month costs by other prices, less what it costs by those of the statement. Usage that no
   * statement bills yet would be given back before it is charged, so it has to be billed first.
   */
  async #rateAgain(
    client: PoolClient,
    statement: ClosedStatement,
    { before, right, knownAt }: NonNullable<Ground['prices']>,
  ): Promise<Corrected> {
    const { customer, period } = statement;
    if (await hasLateUsage(client, period, customer)) throw ClosingError.lateUsage(period);
    const billed = await this.drafts.rated(client, { customer, period, prices: before });
    const wrong = differenceOf(billed, await this.drafts.rated(client, { customer, period, prices: right }));
    const corrected = differenceOf(linesAfter(statement, []), wrong);
    const basis = { kind: 'prices', pricesKnownAt: knownAt, priceListHash: priceListHash(right, customer) } as const;
    return { corrected, basis };
  }
}

/** What a correction rests on, all of which stays as it is. */
interface Ground {
  readonly request: CreditNoteRequest;
  readonly statement: ClosedStatement;
  /** Of a correction of prices; `knownAt` is settled. */
  readonly prices?: { readonly before: PriceList; readonly right: PriceList; readonly knownAt: number };
}

interface Corrected {
  readonly corrected: readonly StatementLine[];
  readonly basis: CorrectionBasis;
}
