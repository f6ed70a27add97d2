import { billingPeriodBounds } from '@kakunin/calendar';
import type { BillingPeriod } from '@kakunin/calendar';
import type { DigestKey } from '@kakunin/digest-keys';

interface KeyInUse {
  readonly key: DigestKey;
  /** Epoch ms. */
  readonly start: number;
  readonly end: number;
}

/** The keys that this thread has been given. */
export class DigestKeys {
  #keys: readonly KeyInUse[] = [];
  #latest: KeyInUse | undefined;

  constructor(keys: readonly DigestKey[]) {
    this.put(keys);
  }

  /** In place of all others. */
  put(keys: readonly DigestKey[]): void {
    this.#latest = undefined;
    this.#keys = keys.map((key) => ({
      key,
      start: billingPeriodBounds(`${key.year}-01` as BillingPeriod).start,
      end: billingPeriodBounds(`${key.year}-12` as BillingPeriod).end,
    }));
  }

  /** The key of the year that an instant (epoch ms) falls into; the same object until others are put. */
  at(instant: number): DigestKey | undefined {
    const latest = this.#latest;
    if (latest && instant >= latest.start && instant < latest.end) return latest.key;
    this.#latest = this.#keys.find(({ start, end }) => instant >= start && instant < end);
    return this.#latest?.key;
  }
}
