import type { BillingPeriod } from '@kakunin/calendar';
import { CHARGEABLE_OUTCOMES } from '../rating/chargeable-outcomes.ts';
import { type TaxRule, taxOf, type TaxSummary } from '../tax/consumption-tax.ts';
import type { Issuer, Recipient } from '../tax/issuer.ts';
import { missingItems } from '../tax/qualified-invoice.ts';
import type { ClosingMonth, Transition } from './billing-month.ts';
import { contentHash } from './canonical-json.ts';
import { type ProducerProgress, usageBlockers } from './closing-blocker.ts';
import type { Statement } from './statement.ts';

/** Which tree of the customer's usage ledger is meant, and of which ledger. */
export interface LedgerHead {
  readonly origin: string;
  /** Leaves. */
  readonly size: number;
  /** Hash of the tree, in base64 as its checkpoint has it. */
  readonly root: string;
}

/** By what the usage of a month was priced. */
export interface PricesUsed {
  /** Epoch ms: prices as they were known then. */
  readonly pricesKnownAt: number;
  /** Of these prices, as far as the customer may see them ({@link priceListHash}). */
  readonly priceListHash: string;
}

/** Frozen: what comes later goes to another document. */
export interface ClosedStatement extends Statement, PricesUsed {
  readonly state: 'closed';
  /** Of the invoice. Without gaps in a year of an issuer. */
  readonly number: string;
  readonly issuer: Issuer;
  readonly recipient: Recipient;
  /** The months before that lines are of, in their order: by what they are priced. */
  readonly lateMonths: readonly LateMonth[];
  /** Which rule says what is charged ({@link CHARGEABLE_OUTCOMES}). */
  readonly chargeableOutcomes: number;
  readonly tax: TaxSummary;
  /** What the producers had handed over, in the order of their names. */
  readonly producers: readonly ProducerProgress[];
  /** Holds all usage that is billed in it. Absent: nothing of the customer was ever recorded. */
  readonly ledger?: LedgerHead;
  /** Epoch ms. */
  readonly closedAt: number;
  /** Over everything else in it ({@link contentHash}). */
  readonly contentHash: string;
}

export interface LateMonth extends PricesUsed {
  readonly period: BillingPeriod;
}

export interface CloseInput {
  readonly month: ClosingMonth;
  /** With the lines of all usage that is counted. */
  readonly statement: Statement;
  /** All that ever recorded usage. */
  readonly producers: readonly ProducerProgress[];
  readonly invoice: Pick<ClosedStatement, 'number' | 'issuer' | 'recipient'>;
  readonly priceListHash: string;
  readonly lateMonths: readonly LateMonth[];
  readonly ledger?: LedgerHead;
  readonly tax: TaxRule;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * closing → closed: once every producer is complete, none has a gap, and nothing is missing that a qualified invoice
 * needs.
 * @throws BillingError `no_tax_rate`
 */
export function closeStatement({
  month,
  statement,
  tax,
  now,
  invoice,
  ...rest
}: CloseInput): Transition<ClosedStatement> {
  const blockers = usageBlockers(rest.producers, statement.period);
  if (blockers.length > 0) return { done: false, blockers };
  const content = {
    state: 'closed' as const,
    ...invoice,
    ...statement,
    pricesKnownAt: month.pricesKnownAt,
    priceListHash: rest.priceListHash,
    lateMonths: rest.lateMonths,
    chargeableOutcomes: CHARGEABLE_OUTCOMES.version,
    tax: taxOf(statement.lines, tax),
    producers: rest.producers.toSorted((one, other) => (one.producer < other.producer ? -1 : 1)),
    ...(rest.ledger && { ledger: rest.ledger }),
    closedAt: now,
  };
  const closed = { ...content, contentHash: contentHash(content) };
  const items = missingItems({ ...invoice, statement: closed });
  if (items.length > 0) {
    return { done: false, blockers: [{ reason: 'invoice_item_missing', customer: statement.customer, items }] };
  }
  return { done: true, to: closed };
}
