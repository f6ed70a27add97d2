import { jstDateOf } from '@kakunin/calendar';
import { readSegmentFrame, readUsageKind, scanUsageRecords } from '@kakunin/usage';
import type { UsageKind } from '@kakunin/usage';
import { isChargeable } from '../rating/chargeable-outcomes.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const JST_OFFSET = 9 * 3_600_000;

/** Usage of one kind that one producer recorded. */
export interface TalliedKind {
  readonly producer: string;
  readonly kind: UsageKind;
  readonly minutes: Iterable<TalliedMinute>;
  readonly days: Iterable<TalliedDay>;
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

interface KindTally extends TalliedKind {
  readonly minutesByStart: Map<number, Minute>;
  readonly daysByNumber: Map<number, Day>;
  /** The one that the last record fell into. */
  current: Minute;
  /** Ordinal of the segment that it was last seen in. */
  segment: number;
}

type Day = { -readonly [K in keyof TalliedDay]: TalliedDay[K] } & { readonly certificates?: Set<string> };
type Minute = { -readonly [K in keyof TalliedMinute]: TalliedMinute[K] } & { readonly day: Day };

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

  kinds(): readonly TalliedKind[] {
    return [...this.#kinds.values()].flatMap((kinds) => [...kinds.values()]);
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
      if (tally === undefined) kinds.set(octetsOfKind, (tally = newTally(producer, readUsageKind(source, place))));
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
    let minute = tally.minutesByStart.get(start);
    if (!minute) {
      minute = { minute: start, quantity: 0, day: this.#dayOf(tally, start) };
      tally.minutesByStart.set(start, minute);
      this.#latestMinute = Math.max(this.#latestMinute, start);
    }
    tally.current = minute;
    return minute;
  }

  #dayOf({ kind, daysByNumber }: KindTally, instant: number): Day {
    const number = Math.floor((instant + JST_OFFSET) / DAY);
    let day = daysByNumber.get(number);
    if (!day) {
      const date = jstDateOf(instant);
      const isCovered = isChargeable(kind.outcome) && this.#covers(kind, date);
      day = { date, quantity: 0, ...(isCovered && { certificates: new Set<string>() }) };
      daysByNumber.set(number, day);
    }
    return day;
  }
}

function newTally(producer: string, kind: UsageKind): KindTally {
  const minutesByStart = new Map<number, Minute>();
  const daysByNumber = new Map<number, Day>();
  return {
    producer,
    kind,
    minutesByStart,
    daysByNumber,
    minutes: { [Symbol.iterator]: () => minutesByStart.values() },
    days: { [Symbol.iterator]: () => daysByNumber.values() },
    current: NO_MINUTE,
    segment: 0,
  };
}
