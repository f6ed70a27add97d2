import type { UsageKind } from '@kakunin/usage';
import { isChargeable } from '../rating/chargeable-outcomes.ts';

/** Usage of one kind. */
export interface TalliedKind {
  readonly kind: UsageKind;
  readonly minutes: readonly TalliedMinute[];
  readonly days: readonly TalliedDay[];
}

export interface TalliedMinute {
  /** Its start, epoch ms. */
  readonly minute: number;
  readonly quantity: number;
}

export interface TalliedDay {
  /** In Tokyo, written `2026-11-23`. */
  readonly date: string;
  readonly quantity: number;
  /** The certificates' keyed digests (16 octets as latin1), where first checks are covered; without those that cost nothing. */
  readonly certificates?: ReadonlySet<string>;
}

/** What one producer recorded for one customer on a day. */
export interface ProducerDay {
  readonly producer: string;
  /** In Tokyo, written `2026-11-23`. */
  readonly date: string;
  readonly customer: string;
  readonly records: number;
  /** How many of them are charged, by {@link isChargeable}. */
  readonly chargeable: number;
}

/** Of one producer: `add` needs no look at others. */
export interface KindTally {
  readonly kind: UsageKind;
  readonly minutes: Map<number, Minute>;
  readonly days: Map<number, Day>;
  /** The one that the last record fell into. */
  current: Minute;
  /** Ordinal of the segment that it was last seen in. */
  segment: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
export type Day = Writable<TalliedDay> & { readonly certificates?: Set<string> };
export type Minute = Writable<TalliedMinute> & { readonly day: Day };

/** @param alike of one kind, one for each producer */
export function sumOfKind(alike: readonly KindTally[]): TalliedKind {
  const [first, ...others] = alike as [KindTally, ...KindTally[]];
  if (others.length === 0)
    return { kind: first.kind, minutes: [...first.minutes.values()], days: [...first.days.values()] };
  const minutes = new Map<number, Writable<TalliedMinute>>();
  const days = new Map<string, Day>();
  for (const tally of alike) {
    for (const { minute, quantity } of tally.minutes.values()) {
      minutes.set(minute, { minute, quantity: quantity + (minutes.get(minute)?.quantity ?? 0) });
    }
    for (const day of tally.days.values()) days.set(day.date, withOther(day, days.get(day.date)));
  }
  return { kind: first.kind, minutes: [...minutes.values()], days: [...days.values()] };
}

const withOther = (day: Day, other: Day | undefined): Day => ({
  date: day.date,
  quantity: day.quantity + (other?.quantity ?? 0),
  ...(day.certificates && { certificates: new Set([...day.certificates, ...(other?.certificates ?? [])]) }),
});

export function producerDaysOf(producer: string, kinds: Iterable<KindTally>): readonly ProducerDay[] {
  const sums = new Map<string, Writable<ProducerDay>>();
  for (const { kind, days } of kinds) {
    const customer = kind.platformProvider;
    for (const { date, quantity } of days.values()) {
      const sum = sums.get(`${date} ${customer}`) ?? { producer, date, customer, records: 0, chargeable: 0 };
      sums.set(`${date} ${customer}`, sum);
      sum.records += quantity;
      if (isChargeable(kind.outcome)) sum.chargeable += quantity;
    }
  }
  return [...sums.values()];
}
