import { parseClosedStatement, parseCreditNote } from '@kakunin/billing';
import { type BillingDocument, creditNoteOf, invoiceOf, type LegalGrounds } from '@kakunin/statement-documents';
import { Inject, Injectable } from '@nestjs/common';
import { PriceStore } from '../prices/price-store.ts';
import { CreditNoteStore } from '../statements/credit-note-store.ts';
import { type SignedDocument, type StatementKey, StatementStore } from '../statements/statement-store.ts';

/** A closed statement or a credit note: as it was signed, and as it is shown. */
export interface IssuedDocument {
  readonly signed: SignedDocument;
  readonly document: BillingDocument;
}

@Injectable()
export class IssuedDocuments {
  constructor(
    @Inject(StatementStore) private readonly statements: StatementStore,
    @Inject(CreditNoteStore) private readonly notes: CreditNoteStore,
    @Inject(PriceStore) private readonly prices: PriceStore,
  ) {}

  async statement(key: StatementKey): Promise<IssuedDocument | undefined> {
    const signed = await this.statements.document(key);
    if (!signed) return undefined;
    const statement = parseClosedStatement(signed.octets);
    const known = [statement, ...statement.lateMonths].map(({ pricesKnownAt }) => pricesKnownAt);
    return { signed, document: invoiceOf(statement, await this.#groundsKnownAt(known)) };
  }

  async creditNote(key: StatementKey, number: string): Promise<IssuedDocument | undefined> {
    const [corrected, signed] = await Promise.all([this.statements.read(key), this.notes.document(key, number)]);
    if (!corrected || !signed) return undefined;
    const note = parseCreditNote(signed.octets);
    const known = [corrected, ...corrected.lateMonths, note.basis].flatMap((priced) =>
      'pricesKnownAt' in priced ? [priced.pricesKnownAt] : [],
    );
    return { signed, document: creditNoteOf(note, await this.#groundsKnownAt(known)) };
  }

  /** As they were known by then: what is recorded later changes no document. Of two the first instant decides. */
  async #groundsKnownAt(instants: readonly number[]): Promise<LegalGrounds> {
    const grounds = new Map<string, { readonly ja: string; readonly en: string }>();
    for (const instant of new Set(instants)) {
      for (const { id, legalGround } of (await this.prices.asKnownAt(instant)).waivers) {
        if (!grounds.has(id)) grounds.set(id, legalGround);
      }
    }
    return grounds;
  }
}
