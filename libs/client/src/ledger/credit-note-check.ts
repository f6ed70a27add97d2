import {
  BillingError,
  canonicalJson,
  type ClosedStatement,
  CONSUMPTION_TAX_RATES,
  type CreditNote,
  creditedTax,
  differenceOf,
  lineKey,
  lineOf,
  linesAfter,
  priceListHash,
  type RatableCount,
  rateUsage,
  type StatementLine,
  totalsOf,
} from '@kakunin/billing';
import type { FindingList } from './finding-list.ts';
import type { BilledMonth } from './money-check.ts';
import { readPrices } from './price-list.ts';
import { openCreditNote } from './signed-statement.ts';
import type { PublishedPrices, SignedDocument } from './types.ts';

export interface CreditNotesCheck {
  readonly statement: ClosedStatement;
  /** Of the statement, in any order. */
  readonly documents: readonly SignedDocument[];
  readonly signingKey: string;
  /** The statement's own month, by the prices that it was made by. */
  readonly month: BilledMonth;
  /** What the ledger counts of that month: in the statement's tree, and in all of it. */
  readonly counts: readonly (readonly RatableCount[])[];
  readonly published: (knownAt: number) => Promise<PublishedPrices>;
}

/** Holds credit notes against their statement, one after the other. @returns those that are of it, each once */
export async function checkCreditNotes(check: CreditNotesCheck, list: FindingList): Promise<readonly CreditNote[]> {
  const { statement } = check;
  const opened = check.documents.flatMap((document) => openCreditNote(document, check.signingKey, list) ?? []);
  const own = opened.filter((note) => isOf(statement, note, list));
  const notes: CreditNote[] = [];
  for (const note of own.toSorted(
    (one, other) => one.issuedAt - other.issuedAt || (one.number < other.number ? -1 : 1),
  )) {
    if (notes.some(({ number }) => number === note.number)) continue;
    const ground = { check, earlier: notes, list };
    checkSums(note, ground);
    for (const line of await wrongLines(note, ground)) list.add('line_differs', ...describe(note, line));
    notes.push(note);
  }
  return notes;
}

function isOf(statement: ClosedStatement, { number, statement: named }: CreditNote, list: FindingList): boolean {
  const { customer, period, contentHash } = statement;
  if (canonicalJson(named) === canonicalJson({ customer, period, number: statement.number, contentHash })) return true;
  list.add(
    'other_statement',
    `返還請求書${number}は、この請求書に対するものではありません。`,
    `Credit note ${number} is not of this statement.`,
  );
  return false;
}

/** What a note is held against. */
interface Ground {
  readonly check: CreditNotesCheck;
  /** Those that come before it. */
  readonly earlier: readonly CreditNote[];
  readonly list: FindingList;
}

function checkSums(note: CreditNote, { check: { statement }, earlier, list }: Ground): void {
  const { number, lines, totals, tax } = note;
  if (canonicalJson(totals) !== canonicalJson(totalsOf(lines)) || lines.some(isTornLine))
    list.add(
      'sum_differs',
      `返還請求書${number}の明細の合計が返還額と一致しません。`,
      `The lines of credit note ${number} do not add up to what it gives back.`,
    );
  const corrected = linesAfter(statement, [...earlier, note]);
  const taxed = creditedTax({ statement, earlier, corrected, rates: CONSUMPTION_TAX_RATES }, lines);
  if (canonicalJson(tax) !== canonicalJson(taxed))
    list.add(
      'tax_differs',
      `返還請求書${number}の消費税額は${taxed.taxAmount}円になるはずです。`,
      `Consumption tax of credit note ${number} must be ${taxed.taxAmount} yen.`,
    );
}

const isTornLine = ({ amountDue, listAmount, waiverAmount }: StatementLine): boolean =>
  amountDue !== listAmount + waiverAmount;

/** What is left after the note, where it is not what is right by the note's own ground. */
async function wrongLines(note: CreditNote, { check, earlier, list }: Ground): Promise<readonly StatementLine[]> {
  const { statement } = check;
  const left = linesAfter(statement, [...earlier, note]);
  if (note.basis.kind === 'cancellation') return left;
  if (note.basis.kind === 'quantities') return differenceOf(left, fewerOf(statement, left));
  const { pricesKnownAt, priceListHash: stated } = note.basis;
  const right = readPrices(await check.published(pricesKnownAt));
  if (priceListHash(right, statement.customer) !== stated)
    list.add(
      'price_list_differs',
      `返還請求書${note.number}は、公表された料金表とは別の料金で計算されています。`,
      `Credit note ${note.number} was priced by other prices than those that were published.`,
    );
  // Usage that came late was billed by another statement before the note: both states may be what it was made of.
  const found = check.counts.map((counts) => {
    const of = (prices: BilledMonth['prices']) => rateOwn(statement, { ...check.month, prices }, counts);
    return differenceOf(note.lines, differenceOf(of(right), of(check.month.prices)));
  });
  return found.find((lines) => lines.length === 0) ?? found[0] ?? [];
}

/** Nothing where these prices have none for the usage: then no line of the note has a ground. */
function rateOwn(
  { customer }: ClosedStatement,
  { prices, period }: BilledMonth,
  counts: readonly RatableCount[],
): readonly StatementLine[] {
  try {
    return rateUsage({ counts, prices, period }).filter((line) => line.customer === customer);
  } catch (error) {
    if (error instanceof BillingError) return [];
    throw error;
  }
}

/** The statement's lines with as many checks as are left, at the prices of the statement; never more than it billed. */
function fewerOf(statement: ClosedStatement, left: readonly StatementLine[]): readonly StatementLine[] {
  const quantities = new Map(left.map((line) => [lineKey(line), line.quantity]));
  return linesAfter(statement, []).map((line) => {
    const quantity = quantities.get(lineKey(line)) ?? 0n;
    if (line.kind !== 'usage' || line.unitPrice === undefined || quantity < 0n || quantity >= line.quantity)
      return line;
    return lineOf(line, quantity, quantity * line.unitPrice);
  });
}

function describe({ number }: CreditNote, line: StatementLine): [ja: string, en: string] {
  const { usagePeriod, serviceProvider, kind, quantity, amountDue } = line;
  const what = `${usagePeriod} ${serviceProvider || '-'} ${kind}`;
  return [
    `返還請求書${number}: ${what}（件数 ${quantity}、${amountDue}円）は、その訂正理由と一致しません。`,
    `Credit note ${number}: ${what} (${quantity} checks, ${amountDue} yen) does not follow from what it corrects.`,
  ];
}
