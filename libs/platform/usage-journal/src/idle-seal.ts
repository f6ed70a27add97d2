import { billingPeriodBounds, billingPeriodOf } from '@kakunin/calendar';

/** How long after a month's end a journal says that it has the whole month. */
const AFTER_MONTH = 1_000;

/**
 * Milliseconds from `now` (epoch ms) until a journal that nothing is added to is sealed: every `interval`, and soon after
 * the end of each month (JST), which nobody can close before.
 */
export function untilIdleSeal(now: number, interval: number): number {
  const { end } = billingPeriodBounds(billingPeriodOf(now));
  return Math.min(interval, end + AFTER_MONTH - now);
}
