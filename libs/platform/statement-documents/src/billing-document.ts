import {
  type ClosedStatement,
  CONSUMPTION_TAX_RATES,
  type CreditNote,
  describeLine,
  type Issuer,
  type Recipient,
  type StatementLine,
  taxPercentOf,
  type TaxSummary,
  type Totals,
} from '@kakunin/billing';
import { type BillingPeriod, billingPeriodBounds, jstDateOf } from '@kakunin/calendar';

/** Japanese first; English beside it where there is room. */
export interface Text {
  readonly ja: string;
  readonly en: string;
}

/** What an invoice (適格請求書) and a credit note (適格返還請求書) have in common: all that their readers are shown. */
export interface BillingDocument {
  readonly kind: 'invoice' | 'credit_note';
  /** Of the invoice, or of the credit note. */
  readonly number: string;
  /** Epoch ms. */
  readonly issuedAt: number;
  readonly issuer: Issuer;
  readonly recipient: Recipient;
  readonly customer: string;
  readonly period: BillingPeriod;
  /** Days in Japan, both included: when what is billed, or given back, was supplied. */
  readonly transactionPeriod: { readonly from: string; readonly to: string };
  readonly lines: readonly DocumentLine[];
  readonly totals: Totals;
  readonly tax: TaxSummary;
  /** SHA-256 of the closed content that it shows. */
  readonly contentHash: string;
  /** Of a credit note: what it corrects, and why. */
  readonly corrects?: {
    readonly number: string;
    readonly contentHash: string;
    readonly reason: Text;
  };
}

export interface DocumentLine {
  readonly line: StatementLine;
  readonly description: Text;
  /** Percent; 0 for what bears no tax. */
  readonly taxPercent: bigint;
  /** Its checks were made in an earlier month than the one that is billed. */
  readonly late: boolean;
  /** Of its waiver. */
  readonly legalGround?: Text;
}

/** The legal ground of each waiver by its id. */
export type LegalGrounds = ReadonlyMap<string, Text>;

/** What the invoice of a closed statement shows: nothing but the statement and the grounds of its waivers. */
export function invoiceOf(statement: ClosedStatement, grounds: LegalGrounds): BillingDocument {
  const { number, issuer, recipient, customer, period, lines, totals, tax, contentHash, closedAt } = statement;
  return {
    kind: 'invoice',
    number,
    issuedAt: closedAt,
    issuer,
    recipient,
    customer,
    period,
    transactionPeriod: transactionPeriodOf([...lines.map(({ usagePeriod }) => usagePeriod), period]),
    lines: lines.map((line) => documentLine(line, period, grounds)),
    totals,
    tax,
    contentHash,
  };
}

/** What a credit note shows: nothing but the note and the grounds of its waivers. */
export function creditNoteOf(note: CreditNote, grounds: LegalGrounds): BillingDocument {
  const { number, issuer, recipient, statement, reason, issuedAt, lines, totals, tax, contentHash } = note;
  const { customer, period } = statement;
  return {
    kind: 'credit_note',
    number,
    issuedAt,
    issuer,
    recipient,
    customer,
    period,
    transactionPeriod: transactionPeriodOf(lines.map(({ usagePeriod }) => usagePeriod)),
    lines: lines.map((line) => documentLine(line, period, grounds)),
    totals,
    tax,
    contentHash,
    corrects: { number: statement.number, contentHash: statement.contentHash, reason },
  };
}

function documentLine(line: StatementLine, period: BillingPeriod, grounds: LegalGrounds): DocumentLine {
  const legalGround = line.waiverId === undefined ? undefined : grounds.get(line.waiverId);
  return {
    line,
    description: describeLine(line),
    taxPercent: taxPercentOf(line.taxCategory, line.usagePeriod, CONSUMPTION_TAX_RATES),
    late: line.usagePeriod < period,
    ...(legalGround && { legalGround }),
  };
}

/** From the first day of the earliest of these months, at least one, to the last day of the latest. */
function transactionPeriodOf(months: readonly BillingPeriod[]): BillingDocument['transactionPeriod'] {
  const [first, last] = [months.toSorted()[0], months.toSorted().at(-1)] as [BillingPeriod, BillingPeriod];
  return { from: jstDateOf(billingPeriodBounds(first).start), to: jstDateOf(billingPeriodBounds(last).end - 1) };
}
