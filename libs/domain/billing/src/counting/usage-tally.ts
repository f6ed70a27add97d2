import { jstDateOf } from '@kakunin/calendar';
import { readSegmentFrame, readUsageKind, scanUsageRecords } from '@kakunin/usage';
import type { UsageKind } from '@kakunin/usage';
import { isChargeable } from '../rating/chargeable-outcomes.ts';
import { producerDaysOf, sumOfKind } from './tally-sums.ts';
import type { Day, KindTally, Minute, ProducerDay, TalliedKind } from './tally-sums.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const JST_OFFSET = 9 * 3_600_000;

/** A customer that has records in a segment. */
export interface CustomerSegment {
  readonly customer: string;
  readonly producer: string;
  readonly sequence: bigint;
  /** Of its earliest record there, in Tokyo, written `2026-11-23`. */
  readonly earliestDate: string;
}

/** Whether first checks of a kind are priced on a day in Tokyo (`2026-11-23`). */
export type FirstCheckCoverage = (kind: UsageKind, date: string) => boolean;

/** Before the first record of a kind: no time lies within it. */
const NO_MINUTE: Minute = { minute: -Infinity, quantity: 0, day: { date: '', quantity: 0 } };

/**
 * Sums segments up straight from their octets: what `countByMinute` does with decoded events, without an object for
 * each. Records of one kind have a stretch of octets in common, and that is the key.
 */
export class UsageTally {
  /** By producer, then by the octets of the kind. */
  readonly #kinds = new Map<string, Map<string, KindTally>>();
  readonly #customerSegments: CustomerSegment[] = [];
  readonly #covers: FirstCheckCoverage;
  readonly #dates = new Map<number, string>();
  #segments = 0;
  #records = 0;
  #latestMinute = -Infinity;

  /** @param covers absent: first checks are not asked for */
  constructor(covers: FirstCheckCoverage = () => false) {
    this.#covers = covers;
  }

  get records(): number {
    return this.#records;
  }

  /** Start of the latest minute that has a record, epoch ms; −∞ without records. */
  get latestMinute(): number {
    return this.#latestMinute;
  }

  get customerSegments(): readonly CustomerSegment[] {
    return this.#customerSegments;
  }

  /** Each kind once, whoever recorded it. */
  kinds(): readonly TalliedKind[] {
    const alike = new Map<string, KindTally[]>();
    for (const kinds of this.#kinds.values()) {
      for (const [octets, tally] of kinds) {
        const others = alike.get(octets);
        if (others) others.push(tally);
        else alike.set(octets, [tally]);
      }
    }
    return [...alike.values()].map(sumOfKind);
  }

  producerDays(): readonly ProducerDay[] {
    return [...this.#kinds].flatMap(([producer, kinds]) => producerDaysOf(producer, kinds.values()));
  }

  /**
   * Adds a segment. After an error the tally is of no use any more.
   * @returns how many records it has
   * @throws UsageError `invalid_segment`
   */
  add(octets: Uint8Array): number {
    const source = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
    const { producer, sequence, recordsEnd } = readSegmentFrame(octets);
    const kinds = this.#kinds.get(producer) ?? new Map<string, KindTally>();
    this.#kinds.set(producer, kinds);
    const segment = ++this.#segments;
    const earliest = new Map<string, number>();
    const records = scanUsageRecords(source, recordsEnd, (place) => {
      const time = source.readUIntBE(place.time, 6);
      const octetsOfKind = source.toString('latin1', place.kind, place.digests);
      let tally = kinds.get(octetsOfKind);
      if (tally === undefined) kinds.set(octetsOfKind, (tally = newTally(readUsageKind(source, place))));
      const within = time - tally.current.minute;
      if (tally.segment !== segment || within < 0 || within >= MINUTE) {
        tally.segment = segment;
        const { minute } = this.#turnTo(tally, time - (time % MINUTE));
        const customer = tally.kind.platformProvider;
        if (minute < (earliest.get(customer) ?? Infinity)) earliest.set(customer, minute);
      }
      tally.current.quantity += 1;
      tally.current.day.quantity += 1;
      const { certificates } = tally.current.day;
      if (certificates) certificates.add(source.toString('latin1', place.certificateDigest, place.end));
    });
    this.#records += records;
    for (const [customer, minute] of earliest) {
      this.#customerSegments.push({ customer, producer, sequence, earliestDate: jstDateOf(minute) });
    }
    return records;
  }

  #turnTo(tally: KindTally, start: number): Minute {
    let minute = tally.minutes.get(start);
    if (!minute) {
      minute = { minute: start, quantity: 0, day: this.#dayOf(tally, start) };
      tally.minutes.set(start, minute);
      this.#latestMinute = Math.max(this.#latestMinute, start);
    }
    tally.current = minute;
    return minute;
  }

  #dayOf({ kind, days }: KindTally, instant: number): Day {
    const number = Math.floor((instant + JST_OFFSET) / DAY);
    let day = days.get(number);
    if (!day) {
      const date = this.#dateOf(number, instant);
      const isCovered = isChargeable(kind.outcome) && this.#covers(kind, date);
      day = { date, quantity: 0, ...(isCovered && { certificates: new Set<string>() }) };
      days.set(number, day);
    }
    return day;
  }

  /** A date is written once a day, not once for each kind. */
  #dateOf(number: number, instant: number): string {
    const date = this.#dates.get(number) ?? jstDateOf(instant);
    this.#dates.set(number, date);
    return date;
  }
}

const newTally = (kind: UsageKind): KindTally => ({
  kind,
  minutes: new Map(),
  days: new Map(),
  current: NO_MINUTE,
  segment: 0,
});
