import { jstDateOf } from '@kakunin/calendar';
import { readSegmentFrame, readUsageKind, scanUsageRecords } from '@kakunin/usage';
import type { UsageKind } from '@kakunin/usage';
import { isChargeable } from '../rating/chargeable-outcomes.ts';
import { OctetMap } from './octet-map.ts';
import { ProducerTally } from './producer-tally.ts';
import type { CustomerSegment, ProducerDay } from './producer-tally.ts';

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

/** Whether first checks of a kind are priced on a day in Tokyo (`2026-11-23`). */
export type FirstCheckCoverage = (kind: UsageKind, date: string) => boolean;

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Day = Writable<TalliedDay> & { readonly certificates?: Set<string> };
type Minute = Writable<TalliedMinute> & { readonly day: Day };

interface KindTally {
  readonly kind: UsageKind;
  /** By number of minutes since 1970. */
  readonly minutes: Map<number, Minute>;
  readonly days: Map<string, Day>;
  /** Where the last record fell. */
  current: Minute;
  /** Records of the segment in hand that fell there and are in no sum yet. */
  run: number;
  /** Ordinal of the segment that it was last seen in. */
  segment: number;
}

const MINUTE = 60_000;
/** Before the first record of a kind. */
const NO_MINUTE: Minute = { minute: -Infinity, quantity: 0, day: { date: '', quantity: 0 } };

/**
 * Sums segments up straight from their octets: what `countByMinute` does with decoded events, without an object for
 * each. Records of one kind have a stretch of octets in common, and that is the key.
 */
export class UsageTally {
  readonly #kinds = new OctetMap<KindTally>();
  readonly #producers = new Map<string, ProducerTally>();
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

  /** Each kind once, whoever recorded it. */
  kinds(): readonly TalliedKind[] {
    return this.#kinds.values().map(({ kind, minutes, days }) => ({
      kind,
      minutes: [...minutes.values()],
      days: [...days.values()],
    }));
  }

  producerDays(): readonly ProducerDay[] {
    return [...this.#producers.values()].flatMap((producer) => producer.days());
  }

  customerSegments(): readonly CustomerSegment[] {
    return [...this.#producers.values()].flatMap(({ customerSegments }) => customerSegments);
  }

  /**
   * Adds a segment. After an error the tally is of no use any more.
   * @returns how many records it has
   * @throws UsageError `invalid_segment`
   */
  add(octets: Uint8Array): number {
    const source = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
    const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
    const frame = readSegmentFrame(octets);
    const producer = this.#producerOf(frame.producer);
    const segment = ++this.#segments;
    const touched: KindTally[] = [];
    const records = scanUsageRecords(source, frame.recordsEnd, (place) => {
      let tally = this.#kinds.get(view, place.kind, place.digests);
      if (tally === undefined) {
        tally = newTally(readUsageKind(source, place));
        this.#kinds.add(source.subarray(place.kind, place.digests), tally);
      }
      const time = view.getUint16(place.time) * 0x1_0000_0000 + view.getUint32(place.time + 2);
      const within = time - tally.current.minute;
      if (tally.segment !== segment) {
        tally.segment = segment;
        touched.push(tally);
        this.#turnTo(tally, time);
      } else if (within < 0 || within >= MINUTE) {
        settle(tally, producer);
        this.#turnTo(tally, time);
      }
      tally.run += 1;
      const { certificates } = tally.current.day;
      if (certificates !== undefined) certificates.add(source.toString('latin1', place.certificateDigest, place.end));
    });
    for (const tally of touched) settle(tally, producer);
    producer.endSegment(frame);
    this.#records += records;
    return records;
  }

  #producerOf(name: string): ProducerTally {
    const producer = this.#producers.get(name) ?? new ProducerTally(name);
    this.#producers.set(name, producer);
    return producer;
  }

  #turnTo(tally: KindTally, time: number): void {
    const number = Math.floor(time / MINUTE);
    let minute = tally.minutes.get(number);
    if (!minute) {
      minute = { minute: number * MINUTE, quantity: 0, day: this.#dayOf(tally, time) };
      tally.minutes.set(number, minute);
      this.#latestMinute = Math.max(this.#latestMinute, minute.minute);
    }
    tally.current = minute;
  }

  #dayOf({ kind, days }: KindTally, time: number): Day {
    const date = jstDateOf(time);
    const known = days.get(date);
    if (known) return known;
    const isCovered = isChargeable(kind.outcome) && this.#covers(kind, date);
    const day = { date, quantity: 0, ...(isCovered && { certificates: new Set<string>() }) };
    days.set(date, day);
    return day;
  }
}

/** Puts the run into the sums. */
function settle(tally: KindTally, producer: ProducerTally): void {
  const { run, kind, current } = tally;
  current.quantity += run;
  current.day.quantity += run;
  producer.add(kind, current.day.date, run);
  tally.run = 0;
}

const newTally = (kind: UsageKind): KindTally => ({
  kind,
  minutes: new Map(),
  days: new Map(),
  current: NO_MINUTE,
  run: 0,
  segment: 0,
});
