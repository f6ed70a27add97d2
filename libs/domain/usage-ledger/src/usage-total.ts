import { billingPeriodBounds, billingPeriodOf } from '@kakunin/calendar';
import type { BillingPeriod } from '@kakunin/calendar';
import type { UsageLeaf } from './usage-leaf.ts';

/** How many charged checks of a month a statement says, or a ledger holds, for a service provider. */
export interface UsageTotal {
  /** The month of the checks, which is not always the statement's. */
  readonly period: BillingPeriod;
  /** Empty: the customer for itself. */
  readonly serviceProvider: string;
  readonly quantity: bigint;
}

/** Counts leaves as {@link UsageTotal} does. */
export class UsageTally {
  readonly #cells = new Map<string, { period: BillingPeriod; serviceProvider: string; quantity: number }>();

  add(period: BillingPeriod, { serviceProvider }: UsageLeaf): void {
    const name = nameOf({ period, serviceProvider });
    const cell = this.#cells.get(name);
    if (cell) cell.quantity += 1;
    else this.#cells.set(name, { period, serviceProvider, quantity: 1 });
  }

  /** Takes out what is counted there. */
  take(total: Omit<UsageTotal, 'quantity'>): bigint {
    const name = nameOf(total);
    const quantity = BigInt(this.#cells.get(name)?.quantity ?? 0);
    this.#cells.delete(name);
    return quantity;
  }

  /** What has not been taken out. */
  rest(): UsageTotal[] {
    return Array.from(this.#cells.values(), (cell) => ({ ...cell, quantity: BigInt(cell.quantity) }));
  }
}

/** One total of each month and service provider: a statement has many lines for one. */
export function sumTotals(totals: Iterable<UsageTotal>): UsageTotal[] {
  const sums = new Map<string, UsageTotal>();
  for (const total of totals) {
    const name = nameOf(total);
    sums.set(name, { ...total, quantity: total.quantity + (sums.get(name)?.quantity ?? 0n) });
  }
  return [...sums.values()];
}

const nameOf = ({ period, serviceProvider }: Omit<UsageTotal, 'quantity'>): string => `${period} ${serviceProvider}`;

/** Says the month of instants in Japan. Most are of the same month as the one before. */
export class MonthOf {
  #period = billingPeriodOf(0);
  #bounds = billingPeriodBounds(this.#period);

  /** @param time epoch ms */
  of(time: number): BillingPeriod {
    if (time < this.#bounds.start || time >= this.#bounds.end) {
      this.#period = billingPeriodOf(time);
      this.#bounds = billingPeriodBounds(this.#period);
    }
    return this.#period;
  }
}
