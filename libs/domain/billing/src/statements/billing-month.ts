import { type BillingPeriod, billingPeriodBounds } from '@kakunin/calendar';
import type { ClosingBlocker } from './closing-blocker.ts';

/** It is not over, or nobody has begun to close it. What it costs follows usage and prices. */
export interface OpenMonth {
  readonly state: 'open';
  readonly period: BillingPeriod;
}

/** Waits for the last of its usage. What it costs still follows usage, and prices as known at `pricesKnownAt`. */
export interface ClosingMonth {
  readonly state: 'closing';
  readonly period: BillingPeriod;
  /** Epoch ms. */
  readonly pricesKnownAt: number;
}

/** Every customer has its statement. What comes later is late, and goes to the next one. */
export interface ClosedMonth {
  readonly state: 'closed';
  readonly period: BillingPeriod;
  readonly pricesKnownAt: number;
  /** Epoch ms. */
  readonly closedAt: number;
}

export type BillingMonth = OpenMonth | ClosingMonth | ClosedMonth;

export type Transition<T> =
  { readonly done: true; readonly to: T } | { readonly done: false; readonly blockers: readonly ClosingBlocker[] };

/**
 * open → closing: once the month is over in Asia/Tokyo. From now on no change of prices touches it.
 * @param now epoch ms
 */
export function beginClosing({ period }: OpenMonth, now: number): Transition<ClosingMonth> {
  const { end } = billingPeriodBounds(period);
  if (now < end) return { done: false, blockers: [{ reason: 'month_not_over', endsAt: end }] };
  return { done: true, to: { state: 'closing', period, pricesKnownAt: now } };
}
