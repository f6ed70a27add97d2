import { type BillingPeriod, billingPeriodBounds } from '@kakunin/calendar';
import { CHARGEABLE_OUTCOMES } from '../rating/chargeable-outcomes.ts';
import { type TaxRule, taxOf, type TaxSummary } from '../tax/consumption-tax.ts';
import { contentHash } from './canonical-json.ts';
import type { Statement } from './statement.ts';

/** Its month is not over, or nobody has begun to close it. Its lines follow usage and prices. */
export interface OpenStatement extends Statement {
  readonly state: 'open';
}

/** Waits for the last usage of its month. Its lines still follow usage, and prices as known at `pricesKnownAt`. */
export interface ClosingStatement extends Statement {
  readonly state: 'closing';
  /** Epoch ms. */
  readonly pricesKnownAt: number;
}

/** Frozen: what comes later goes to another document. */
export interface ClosedStatement extends Statement {
  readonly state: 'closed';
  readonly pricesKnownAt: number;
  /** Which rule says what is charged ({@link CHARGEABLE_OUTCOMES}). */
  readonly chargeableOutcomes: number;
  readonly tax: TaxSummary;
  /** What the producers had handed over, in the order of their names. */
  readonly producers: readonly ProducerProgress[];
  /** Epoch ms. */
  readonly closedAt: number;
  /** Over everything else in it ({@link contentHash}). */
  readonly contentHash: string;
}

/** How far the usage of one journal was counted. */
export interface ProducerProgress {
  readonly producer: string;
  /** Numbers of segments that were skipped. */
  readonly missingSegments: bigint;
  /** Epoch ms: what it recorded before is counted, and it records nothing earlier any more. Absent: not known yet. */
  readonly completeUntil?: number;
}

/** Why a month cannot be closed yet. */
export type ClosingBlocker =
  | { readonly reason: 'month_not_over'; readonly endsAt: number }
  | { readonly reason: 'producer_incomplete'; readonly producer: string; readonly completeUntil?: number }
  | { readonly reason: 'missing_segments'; readonly producer: string; readonly missingSegments: bigint };

export type Transition<T> =
  | { readonly done: true; readonly statement: T }
  | { readonly done: false; readonly blockers: readonly ClosingBlocker[] };

/**
 * open → closing: once the month is over in Asia/Tokyo. From now on no change of prices touches it.
 * @param now epoch ms
 */
export function beginClosing(statement: OpenStatement, now: number): Transition<ClosingStatement> {
  const { end } = billingPeriodBounds(statement.period);
  if (now < end) return { done: false, blockers: [{ reason: 'month_not_over', endsAt: end }] };
  return { done: true, statement: { ...statement, state: 'closing', pricesKnownAt: now } };
}

/** What keeps the usage of a month from being complete; nothing: it is. */
export const usageBlockers = (
  producers: readonly ProducerProgress[],
  period: BillingPeriod,
): readonly ClosingBlocker[] =>
  producers.flatMap(({ producer, missingSegments, completeUntil }): ClosingBlocker[] => [
    ...(missingSegments > 0n ? [{ reason: 'missing_segments' as const, producer, missingSegments }] : []),
    ...(completeUntil === undefined || completeUntil < billingPeriodBounds(period).end
      ? [{ reason: 'producer_incomplete' as const, producer, ...(completeUntil !== undefined && { completeUntil }) }]
      : []),
  ]);

export interface CloseInput {
  /** With the lines of all usage that is counted. */
  readonly statement: ClosingStatement;
  /** All that ever recorded usage. */
  readonly producers: readonly ProducerProgress[];
  readonly tax: TaxRule;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * closing → closed: once every producer is complete and none has a gap.
 * @throws BillingError `no_tax_rate`
 */
export function closeStatement({ statement, producers, tax, now }: CloseInput): Transition<ClosedStatement> {
  const blockers = usageBlockers(producers, statement.period);
  if (blockers.length > 0) return { done: false, blockers };
  const closed = {
    ...statement,
    state: 'closed' as const,
    chargeableOutcomes: CHARGEABLE_OUTCOMES.version,
    tax: taxOf(statement.lines, tax),
    producers: producers.toSorted((one, other) => (one.producer < other.producer ? -1 : 1)),
    closedAt: now,
  };
  return { done: true, statement: { ...closed, contentHash: contentHash(closed) } };
}
