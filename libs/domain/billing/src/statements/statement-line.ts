import type { BillingPeriod } from '@kakunin/calendar';
import type { PricingScope } from '../prices/pricing-scope.ts';
import type { TaxCategory } from '../tax/tax-rate.ts';

/** What a sum of money is made of; whole yen, before tax. `amountDue` = `listAmount` + `waiverAmount`. */
export interface Totals {
  /** Chargeable checks. */
  readonly quantity: bigint;
  /** What the checks cost by the price list. */
  readonly listAmount: bigint;
  /** What a waiver takes off: 0 or less. */
  readonly waiverAmount: bigint;
  readonly amountDue: bigint;
}

/**
 * - `usage`: checks; `listAmount` = `quantity` × `unitPrice`, always.
 * - `pool_saving`: what a service provider gains by a pool (乗合い); below zero.
 * - `minimum`, `cap`: what lifts or lowers a customer's month to what was agreed.
 */
export const LINE_KINDS = ['usage', 'pool_saving', 'minimum', 'cap'] as const;
export type LineKind = (typeof LINE_KINDS)[number];

/**
 * Money of one customer for one service provider, with one reason. Class, carrier, channel and purpose are those of
 * its checks; where tiers count several together, those that the tariff is for. What is absent is all.
 */
export interface StatementLine extends PricingScope, Totals {
  readonly kind: LineKind;
  readonly customer: string;
  /** Empty: the customer for itself, or as a whole (`minimum`, `cap`). */
  readonly serviceProvider: string;
  /** The month of the checks; another than the statement's when they came late. */
  readonly usagePeriod: BillingPeriod;
  /** Whole yen; `usage` only. */
  readonly unitPrice?: bigint;
  /** From 1; `usage` by a tiered price only. */
  readonly tier?: number;
  /** The tariff, or for `minimum` and `cap` the commitment, that it rests on. */
  readonly tariffId: string;
  /** The waiver that takes the whole line off; absent: none does. */
  readonly waiverId?: string;
  readonly taxCategory: TaxCategory;
}

/** What a line is about: all but its money. */
export type LineSubject = Omit<StatementLine, keyof Totals>;

/** What tells lines apart, and the order in which they come. */
const SUBJECT = [
  'customer',
  'usagePeriod',
  'serviceProvider',
  'kind',
  'certificateClass',
  'carrier',
  'channel',
  'purpose',
  'tier',
  'unitPrice',
  'tariffId',
  'waiverId',
  'taxCategory',
] as const satisfies readonly (keyof LineSubject)[];

/** Equal for two lines that are about the same. */
export const lineKey = (line: LineSubject): string => SUBJECT.map((column) => line[column] ?? '').join('\0');

/** The order of lines: column by column, what is absent first, texts by code unit. */
export function compareLines(one: LineSubject, other: LineSubject): number {
  for (const column of SUBJECT) {
    const [left, right] = column === 'kind' ? [rankOf(one), rankOf(other)] : [one[column], other[column]];
    if (left === right) continue;
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

const rankOf = ({ kind }: LineSubject): number => LINE_KINDS.indexOf(kind);

/** The line about the subject, with its money: a waiver takes all of it off. */
export function lineOf(subject: LineSubject, quantity: bigint, listAmount: bigint): StatementLine {
  const waiverAmount = subject.waiverId === undefined ? 0n : -listAmount;
  return { ...subject, quantity, listAmount, waiverAmount, amountDue: listAmount + waiverAmount };
}

export const totalsOf = (parts: Iterable<Totals>): Totals => {
  const totals = { quantity: 0n, listAmount: 0n, waiverAmount: 0n, amountDue: 0n };
  for (const part of parts) {
    totals.quantity += part.quantity;
    totals.listAmount += part.listAmount;
    totals.waiverAmount += part.waiverAmount;
    totals.amountDue += part.amountDue;
  }
  return totals;
};
