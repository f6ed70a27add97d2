import { jstDateOf } from '@kakunin/calendar';
import { readSegmentFrame, readUsageKind, scanUsageRecords } from '@kakunin/usage';
import type { RecordPlace, UsageKind } from '@kakunin/usage';
import { isChargeable } from '../rating/chargeable-outcomes.ts';
import { OctetIndex } from './octet-index.ts';
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
}

const MINUTE = 60_000;
/** Before the first record of a kind. */
const NO_MINUTE: Minute = { minute: -Infinity, quantity: 0, day: { date: '', quantity: 0 } };

/**
 * What every record touches, side by side in one array for each kind: ordinal of the segment that it was last seen in,
 * start of the minute that its last record fell into, and how many of that segment fell there that are in no sum yet.
 */
const HOT = 3;
const [SEGMENT, FROM, RUN] = [0, 1, 2] as const;

/**
 * Sums segments up straight from their octets: what `countByMinute` does with decoded events, without an object for
 * each. Records of one kind have a stretch of octets in common, and that is the key.
 */
export class UsageTally {
  readonly #index = new OctetIndex();
  /** By number in the index. */
  readonly #kinds: KindTally[] = [];
  #hot = new Float64Array(64 * HOT);
  readonly #producers = new Map<string, ProducerTally>();
  readonly #covers: FirstCheckCoverage;
  #segments = 0;
  #records = 0;
  #latestMinute = -Infinity;
  #hasCertificates = false;

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
    return this.#kinds.map(({ kind, minutes, days }) => ({
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
    const touched: number[] = [];
    const records = scanUsageRecords(source, frame.recordsEnd, (place) => {
      const found = this.#index.find(view, place.kind, place.digests);
      const number = found < 0 ? this.#addKind(source, place) : found;
      const time = view.getUint16(place.time) * 0x1_0000_0000 + view.getUint32(place.time + 2);
      const hot = this.#hot;
      const at = number * HOT;
      const within = time - hot[at + FROM]!;
      const isFirst = hot[at + SEGMENT] !== segment;
      if (isFirst) {
        hot[at + SEGMENT] = segment;
        touched.push(number);
      }
      if (within < 0 || within >= MINUTE) {
        if (!isFirst) this.#settle(number, producer);
        this.#turnTo(number, time);
      }
      hot[at + RUN]! += 1;
      if (this.#hasCertificates) this.#note(number, source, place);
    });
    for (const number of touched) this.#settle(number, producer);
    producer.endSegment(frame);
    this.#records += records;
    return records;
  }

  #addKind(source: Buffer, place: RecordPlace): number {
    this.#kinds.push({ kind: readUsageKind(source, place), minutes: new Map(), days: new Map(), current: NO_MINUTE });
    const number = this.#index.add(source.subarray(place.kind, place.digests));
    if ((number + 1) * HOT > this.#hot.length) {
      const hot = new Float64Array(this.#hot.length * 2);
      hot.set(this.#hot);
      this.#hot = hot;
    }
    return number;
  }

  #note(number: number, source: Buffer, { certificateDigest, end }: RecordPlace): void {
    this.#kinds[number]!.current.day.certificates?.add(source.toString('latin1', certificateDigest, end));
  }

  /** Puts the run into the sums. */
  #settle(number: number, producer: ProducerTally): void {
    const { kind, current } = this.#kinds[number]!;
    const run = this.#hot[number * HOT + RUN]!;
    current.quantity += run;
    current.day.quantity += run;
    producer.add(kind, current.day.date, run);
    this.#hot[number * HOT + RUN] = 0;
  }

  #producerOf(name: string): ProducerTally {
    const producer = this.#producers.get(name) ?? new ProducerTally(name);
    this.#producers.set(name, producer);
    return producer;
  }

  #turnTo(number: number, time: number): void {
    const tally = this.#kinds[number]!;
    const ordinal = Math.floor(time / MINUTE);
    let minute = tally.minutes.get(ordinal);
    if (!minute) {
      minute = { minute: ordinal * MINUTE, quantity: 0, day: this.#dayOf(tally, time) };
      tally.minutes.set(ordinal, minute);
      this.#latestMinute = Math.max(this.#latestMinute, minute.minute);
    }
    tally.current = minute;
    this.#hot[number * HOT + FROM] = minute.minute;
  }

  #dayOf({ kind, days }: KindTally, time: number): Day {
    const date = jstDateOf(time);
    const known = days.get(date);
    if (known) return known;
    const isCovered = isChargeable(kind.outcome) && this.#covers(kind, date);
    const day = { date, quantity: 0, ...(isCovered && { certificates: new Set<string>() }) };
    days.set(date, day);
    if (isCovered) this.#hasCertificates = true;
    return day;
  }
}
