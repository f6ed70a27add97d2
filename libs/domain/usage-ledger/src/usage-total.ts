import { billingPeriodBounds, billingPeriodOf } from '@kakunin/calendar';
import type { BillingPeriod } from '@kakunin/calendar';
import type { Outcome, UsageEvent } from '@kakunin/usage';
import type { UsageLeaf } from './usage-leaf.ts';

/** What usage of one kind is counted by. */
export type UsageKey = Pick<UsageEvent, 'serviceProvider' | 'certificateClass' | 'carrier' | 'channel' | 'purpose'> & {
  readonly period: BillingPeriod;
};

/** How often something was checked, as a statement says it. */
export interface UsageTotal extends UsageKey {
  /** What `quantity` counts together: `good` and `revoked` in a line of a statement, one alone in a usage report. */
  readonly outcomes: readonly Outcome[];
  readonly quantity: bigint;
}

/** Counts leaves by what statements count by, and outcome. */
export class UsageTally {
  readonly #cells = new Map<string, { readonly key: UsageKey; readonly outcome: Outcome; quantity: number }>();
  #period = billingPeriodOf(0);
  #bounds = billingPeriodBounds(this.#period);

  /** The month of a leaf, in Japan. Most leaves are of the same month as the one before. */
  periodOf({ time }: UsageLeaf): BillingPeriod {
    if (time < this.#bounds.start || time >= this.#bounds.end) {
      this.#period = billingPeriodOf(time);
      this.#bounds = billingPeriodBounds(this.#period);
    }
    return this.#period;
  }

  add(leaf: UsageLeaf): void {
    const { serviceProvider, certificateClass, carrier, channel, purpose, outcome } = leaf;
    const key = { period: this.periodOf(leaf), serviceProvider, certificateClass, carrier, channel, purpose };
    const name = nameOf(key, outcome);
    const cell = this.#cells.get(name);
    if (cell) cell.quantity += 1;
    else this.#cells.set(name, { key, outcome, quantity: 1 });
  }

  /** Takes out what is counted there. */
  take(key: UsageKey, outcome: Outcome): bigint {
    const name = nameOf(key, outcome);
    const quantity = BigInt(this.#cells.get(name)?.quantity ?? 0);
    this.#cells.delete(name);
    return quantity;
  }

  /** What has not been taken out, one outcome each. */
  rest(): UsageTotal[] {
    return [...this.#cells.values()].map(({ key, outcome, quantity }) => ({
      ...key,
      outcomes: [outcome],
      quantity: BigInt(quantity),
    }));
  }
}

/** One total of each kind: a statement has several lines of one kind where the price changes within a month. */
export const sumTotals = (totals: readonly UsageTotal[]): UsageTotal[] =>
  [...Map.groupBy(totals, (total) => nameOf(total, total.outcomes.toSorted().join())).values()].map((same) => ({
    ...same[0]!,
    quantity: same.reduce((sum, { quantity }) => sum + quantity, 0n),
  }));

const nameOf = (key: UsageKey, outcome: string): string =>
  `${key.period} ${key.certificateClass} ${key.carrier} ${key.channel} ${key.purpose} ${outcome} ${key.serviceProvider}`;
