import { type BillingPeriod, billingPeriodBounds } from '@kakunin/calendar';
import type { BillingErrorCode } from '../billing-error.ts';
import type { InvoiceItem } from '../tax/qualified-invoice.ts';

/** How far the usage of one journal was counted. */
export interface ProducerProgress {
  readonly producer: string;
  /** Numbers of segments that were skipped. */
  readonly missingSegments: bigint;
  /** Epoch ms: what it recorded before is counted, and it records nothing earlier any more. Absent: not known yet. */
  readonly completeUntil?: number;
}

/**
 * Why a month, or the statement of one customer, cannot be closed yet.
 * - `earlier_month_open`: late usage goes to the next statement, so months close one after the other.
 * - `ledger_behind`: usage of the customer is counted, and not in its ledger yet; the statement names the tree.
 * - `invoice_item_missing`: the statement would be no qualified invoice. Without a customer: whatever it bills.
 * - `usage_differs`: what its lines bill of a month is not what was counted by producer and day.
 * - `not_rated`: its usage has no price, or prices and usage contradict each other.
 */
export type ClosingBlocker =
  | { readonly reason: 'month_not_over'; readonly endsAt: number }
  | { readonly reason: 'earlier_month_open'; readonly period: BillingPeriod }
  | { readonly reason: 'producer_incomplete'; readonly producer: string; readonly completeUntil?: number }
  | { readonly reason: 'missing_segments'; readonly producer: string; readonly missingSegments: bigint }
  | { readonly reason: 'ledger_behind'; readonly customer: string; readonly segments: bigint }
  | { readonly reason: 'invoice_item_missing'; readonly customer?: string; readonly items: readonly InvoiceItem[] }
  | {
      readonly reason: 'usage_differs';
      readonly customer: string;
      readonly period: BillingPeriod;
      readonly counted: bigint;
      readonly billed: bigint;
    }
  | {
      readonly reason: 'not_rated';
      readonly customer: string;
      readonly code: BillingErrorCode;
      readonly detail: string;
    };

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
