import { type BillingPeriod, billingPeriodBounds, jstDateOf } from '@kakunin/calendar';
import type { ClosedStatement } from '../statements/closed-statement.ts';
import type { StatementLine } from '../statements/statement-line.ts';
import { taxAmountOf, type TaxSummary } from './consumption-tax.ts';
import { describeLine } from './line-description.ts';
import { parseRegistrationNumber, type RegistrationNumber } from './registration-number.ts';

/** 適格請求書 (消費税法 57条の4 第1項): what a customer needs to deduct the tax. */
export interface QualifiedInvoice {
  /** 一 発行事業者の氏名又は名称及び登録番号 */
  readonly issuer: { readonly name: string; readonly registrationNumber: RegistrationNumber };
  /** 二 課税資産の譲渡等を行った年月日: days in Japan, both included, `2026-10-01` to `2026-10-31`. */
  readonly transactionPeriod: { readonly from: string; readonly to: string };
  /** 三 資産又は役務の内容 */
  readonly lines: readonly InvoiceLine[];
  /** 四, 五 税率ごとに区分した対価の額の合計額、適用税率、消費税額等 */
  readonly tax: TaxSummary;
  /** 六 交付を受ける事業者の氏名又は名称 */
  readonly recipient: { readonly name: string };
  /** The document that it is made from. */
  readonly statement: Pick<ClosedStatement, 'customer' | 'period' | 'contentHash'>;
}

export interface InvoiceLine {
  readonly description: { readonly ja: string; readonly en: string };
  /** 軽減対象資産の譲渡等である旨: to be marked. */
  readonly reducedRate: boolean;
  readonly line: StatementLine;
}

/** By the numbers of the law: 一 (two parts), 二, 三, 四, 五, 六. */
export type InvoiceItem =
  | 'issuer_name'
  | 'registration_number'
  | 'transaction_period'
  | 'description'
  | 'amount_per_rate'
  | 'tax_per_rate'
  | 'recipient_name';

export interface InvoiceInput {
  readonly issuer: { readonly name: string; readonly registrationNumber: string };
  readonly recipient: { readonly name: string };
  readonly statement: ClosedStatement;
}

/** What an invoice lacks whatever it bills: who it is from, and who it is for. */
export const missingPartyItems = (parties: Pick<InvoiceInput, 'issuer' | 'recipient'>): readonly InvoiceItem[] =>
  absent(partyItems(parties));

const partyItems = ({ issuer, recipient }: Pick<InvoiceInput, 'issuer' | 'recipient'>) => ({
  issuer_name: issuer.name.trim() !== '',
  registration_number: parseRegistrationNumber(issuer.registrationNumber) !== undefined,
  recipient_name: recipient.name.trim() !== '',
});

/** What the law wants and the input does not have, in the order of the law. */
export function missingItems({ issuer, recipient, statement }: InvoiceInput): readonly InvoiceItem[] {
  const { lines, tax, period } = statement;
  const { recipient_name, ...ofIssuer } = partyItems({ issuer, recipient });
  return absent({
    ...ofIssuer,
    transaction_period: lines.every(({ usagePeriod }) => usagePeriod <= period),
    description: lines.length > 0,
    amount_per_rate: hasAmountPerRate(lines, tax),
    tax_per_rate: tax.parts.every((part) => part.taxAmount === taxAmountOf(part, tax.rounding)),
    recipient_name,
  });
}

const absent = (present: Partial<Record<InvoiceItem, boolean>>): readonly InvoiceItem[] =>
  Object.entries(present).flatMap(([item, has]) => (has ? [] : [item as InvoiceItem]));

/** @returns what is missing, when something is */
export function qualifiedInvoiceOf(
  input: InvoiceInput,
): { readonly invoice: QualifiedInvoice } | { readonly missing: readonly InvoiceItem[] } {
  const missing = missingItems(input);
  const registrationNumber = parseRegistrationNumber(input.issuer.registrationNumber);
  if (missing.length > 0 || registrationNumber === undefined) return { missing };
  const { customer, period, contentHash, lines, tax } = input.statement;
  const invoice = {
    issuer: { name: input.issuer.name, registrationNumber },
    transactionPeriod: transactionPeriodOf(lines, period),
    lines: lines.map((line) => ({
      description: describeLine(line),
      reducedRate: line.taxCategory === 'reduced',
      line,
    })),
    tax,
    recipient: { name: input.recipient.name },
    statement: { customer, period, contentHash },
  };
  return { invoice };
}

/** The parts of the tax hold every line's amount, each under its category. */
function hasAmountPerRate(lines: readonly StatementLine[], { parts }: TaxSummary): boolean {
  const left = new Map<string, bigint>();
  for (const { taxCategory, amountDue } of lines) left.set(taxCategory, (left.get(taxCategory) ?? 0n) + amountDue);
  for (const { category, taxableAmount } of parts) left.set(category, (left.get(category) ?? 0n) - taxableAmount);
  return parts.length > 0 && [...left.values()].every((rest) => rest === 0n);
}

/** From the first day of the earliest month that a line is about. */
function transactionPeriodOf(
  lines: readonly StatementLine[],
  period: BillingPeriod,
): QualifiedInvoice['transactionPeriod'] {
  const first = lines.reduce((earliest, { usagePeriod }) => (usagePeriod < earliest ? usagePeriod : earliest), period);
  return {
    from: jstDateOf(billingPeriodBounds(first).start),
    to: jstDateOf(billingPeriodBounds(period).end - 1),
  };
}
