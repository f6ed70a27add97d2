import { type BillingPeriod, billingPeriodOf, formatJst } from '@kakunin/calendar';
import { BillingError } from '../billing-error.ts';
import type { PriceList } from '../prices/price-list.ts';
import { compareLines, type StatementLine } from '../statements/statement-line.ts';
import { chargesOf } from './charge.ts';
import { chargeLines } from './charge-lines.ts';
import { commitmentLines } from './commitment-lines.ts';
import type { RatableCount } from './usage-count.ts';

export interface RatingInput {
  /** All usage of the month; no price may change within the span that a count sums up ({@link PriceList.changesWithin}). */
  readonly counts: Iterable<RatableCount>;
  /** What is known of prices: today, or when the month was closed. */
  readonly prices: PriceList;
  /** The month that is rated. */
  readonly period: BillingPeriod;
}

/**
 * Prices the usage of a month. Every chargeable check is in exactly one line of kind `usage`. Lines come in the order of
 * {@link compareLines}; no two are about the same. The same usage makes the same lines, in whatever order and pieces it
 * was counted.
 * @throws BillingError `no_tariff` | `usage_outside_period` | `first_checks_not_counted`
 */
export function rateUsage({ counts, prices, period }: RatingInput): readonly StatementLine[] {
  const lines = chargesOf(within(counts, period), prices, period).flatMap(chargeLines);
  return [...lines, ...commitmentLines({ lines, prices, period })].sort(compareLines);
}

function* within(counts: Iterable<RatableCount>, period: BillingPeriod): Generator<RatableCount> {
  for (const count of counts) {
    if (billingPeriodOf(count.time) !== period) {
      const message = `Usage of ${formatJst(count.time)} is not usage of ${period}: rate its own month, and bill the difference.`;
      throw new BillingError('usage_outside_period', message);
    }
    yield count;
  }
}
