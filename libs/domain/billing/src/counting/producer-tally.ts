import type { UsageKind, UsageSegment } from '@kakunin/usage';
import { isChargeable } from '../rating/chargeable-outcomes.ts';

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

/** A customer that has records in a segment. */
export interface CustomerSegment {
  readonly customer: string;
  readonly producer: string;
  readonly sequence: bigint;
  /** Of its earliest record there, in Tokyo, written `2026-11-23`. */
  readonly earliestDate: string;
}

interface CustomerTally {
  readonly customer: string;
  readonly days: Map<string, { -readonly [K in keyof ProducerDay]: ProducerDay[K] }>;
  /** In the segment in hand; empty: none yet. */
  earliestDate: string;
}

/** What the segments of one producer hold, by customer. */
export class ProducerTally {
  readonly customerSegments: CustomerSegment[] = [];
  readonly #producer: string;
  readonly #customers = new Map<string, CustomerTally>();
  /** Those that have records in the segment in hand. */
  #present: CustomerTally[] = [];

  constructor(producer: string) {
    this.#producer = producer;
  }

  days(): readonly ProducerDay[] {
    return [...this.#customers.values()].flatMap(({ days }) => [...days.values()]);
  }

  /** Adds records of the segment in hand. */
  add({ platformProvider, outcome }: UsageKind, date: string, records: number): void {
    const tally = this.#tallyOf(platformProvider);
    if (tally.earliestDate === '') this.#present.push(tally);
    if (tally.earliestDate === '' || date < tally.earliestDate) tally.earliestDate = date;
    let day = tally.days.get(date);
    if (day === undefined) {
      day = { producer: this.#producer, date, customer: platformProvider, records: 0, chargeable: 0 };
      tally.days.set(date, day);
    }
    day.records += records;
    if (isChargeable(outcome)) day.chargeable += records;
  }

  endSegment({ sequence }: Pick<UsageSegment, 'sequence'>): void {
    for (const tally of this.#present) {
      const { customer, earliestDate } = tally;
      this.customerSegments.push({ customer, producer: this.#producer, sequence, earliestDate });
      tally.earliestDate = '';
    }
    this.#present = [];
  }

  #tallyOf(customer: string): CustomerTally {
    let tally = this.#customers.get(customer);
    if (tally === undefined) {
      tally = { customer, days: new Map(), earliestDate: '' };
      this.#customers.set(customer, tally);
    }
    return tally;
  }
}
