import { type FirstCheckRegister, firstCheckKey, isChargeable, type RatableCount } from '@kakunin/billing';
import { type BillingPeriod, jstStartOfDay } from '@kakunin/calendar';
import type { UsageLeaf } from '@kakunin/usage-ledger';

type Count = { -readonly [K in keyof RatableCount]: RatableCount[K] } & {
  firstChecks: { month: bigint; year: bigint };
};

/** Sums leaves up by day, as statements are rated: prices change at midnight in Tokyo only. */
export class LeafCounts {
  readonly #customer: string;
  readonly #months = new Map<BillingPeriod, Map<string, Count>>();
  readonly #register: FirstCheckRegister | undefined;
  #day = Number.NaN;

  /** @param firstChecks whether first checks are priced: then each certificate is remembered by its digest */
  constructor(customer: string, firstChecks: boolean) {
    this.#customer = customer;
    this.#register = firstChecks ? new FirstChecksSeen() : undefined;
  }

  add(leaf: UsageLeaf, period: BillingPeriod): void {
    const count = this.#countOf(leaf, period);
    count.quantity += 1n;
    if (!this.#register || !isChargeable(leaf.outcome)) return;
    const event = { ...leaf, platformProvider: this.#customer, requestDigest: leaf.certificateDigest };
    if (this.#register.isFirst(firstCheckKey(event, 'month'))) count.firstChecks.month += 1n;
    if (this.#register.isFirst(firstCheckKey(event, 'year'))) count.firstChecks.year += 1n;
  }

  of(period: BillingPeriod): readonly RatableCount[] {
    return [...(this.#months.get(period)?.values() ?? [])];
  }

  #countOf(leaf: UsageLeaf, period: BillingPeriod): Count {
    const { serviceProvider, certificateClass, carrier, channel, purpose, outcome } = leaf;
    const time = this.#dayOf(leaf.time);
    const key = `${time} ${certificateClass} ${carrier} ${channel} ${purpose} ${outcome} ${serviceProvider}`;
    const month = this.#months.get(period) ?? new Map<string, Count>();
    if (month.size === 0) this.#months.set(period, month);
    const known = month.get(key);
    if (known) return known;
    const about = { serviceProvider, certificateClass, carrier, channel, purpose, outcome };
    const zero = { quantity: 0n, firstChecks: { month: 0n, year: 0n } };
    const count: Count = { time, platformProvider: this.#customer, ...about, ...zero };
    month.set(key, count);
    return count;
  }

  /** Most leaves are of the same day as the one before. */
  #dayOf(time: number): number {
    if (!(time >= this.#day && time < this.#day + DAY)) this.#day = jstStartOfDay(time);
    return this.#day;
  }
}

const DAY = 86_400_000;

class FirstChecksSeen implements FirstCheckRegister {
  readonly #keys = new Set<string>();

  isFirst(key: string): boolean {
    if (this.#keys.has(key)) return false;
    this.#keys.add(key);
    return true;
  }
}
