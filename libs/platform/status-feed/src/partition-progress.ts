import type { StatusWatermark } from '@kakunin/certificates';
import type { EventRecord, Position } from '@kakunin/event-log';
import { eventDigest } from './last-event.ts';
import type { LastEvent } from './last-event.ts';

/** A watermark an hour old has left its topic as well. */
const MOST_WATERMARKS_WAITING = 3_600;

interface WaitingWatermark {
  readonly at: number;
  readonly positions: readonly { readonly partition: number; readonly nextOffset: bigint }[];
}

type Place = Pick<EventRecord, 'partition' | 'offset'>;

/** How far `certificate-events` was applied, partition by partition, and as of when that makes the data true. */
export class PartitionProgress {
  /** The digest is taken when it is asked for: once a snapshot instead of once an event. */
  readonly #last = new Map<number, LastEvent | EventRecord>();
  readonly #asOf: Map<number, number>;
  /** By partition, what must be applied before anything is true of it; gone once it is. */
  readonly #goal = new Map<number, bigint>();
  #waiting: WaitingWatermark[] = [];

  constructor(last: Iterable<LastEvent> = [], asOf: Iterable<readonly [number, number]> = []) {
    for (const event of last) this.#last.set(event.partition, event);
    this.#asOf = new Map(asOf);
  }

  /** False for an event that was applied already: a batch handed over again. */
  isNew({ partition, offset }: Place): boolean {
    return offset >= this.#next(partition);
  }

  advance(event: EventRecord): void {
    if (this.isNew(event)) this.#last.set(event.partition, event);
  }

  /** Until it has reached these positions a partition is true as of no moment: a snapshot alone has forgotten what came after it. */
  catchUpWith(ends: readonly Pick<Position, 'partition' | 'nextOffset'>[]): void {
    for (const { partition, nextOffset } of ends) this.#goal.set(partition, nextOffset);
  }

  addWatermark({ at, positions }: StatusWatermark): void {
    const parsed = positions.map(({ partition, nextOffset }) => ({ partition, nextOffset: BigInt(nextOffset) }));
    this.#waiting = [...this.#waiting.slice(1 - MOST_WATERMARKS_WAITING), { at, positions: parsed }];
  }

  /** Takes in what the waiting watermarks say of partitions that have reached them. @param now epoch milliseconds */
  settle(now: number): void {
    for (const [partition, end] of this.#goal) if (this.#next(partition) >= end) this.#goal.delete(partition);
    this.#waiting = this.#waiting.filter(({ at, positions }) => {
      const ahead = positions.filter(({ partition, nextOffset }) => nextOffset > this.#next(partition));
      for (const position of positions) {
        if (!ahead.includes(position)) this.#take(position.partition, Math.min(at, now), now);
      }
      return ahead.length > 0;
    });
  }

  /** Epoch milliseconds; 0 before any watermark was reached, and while the partition catches up. */
  asOf(partition: number): number {
    return this.#goal.has(partition) ? 0 : (this.#asOf.get(partition) ?? 0);
  }

  /** The oldest `asOf` of all partitions; 0 before any watermark was reached. */
  get oldestAsOf(): number {
    return this.#asOf.size === 0 ? 0 : Math.min(...[...this.#asOf.keys()].map((partition) => this.asOf(partition)));
  }

  asOfEntries(): (readonly [number, number])[] {
    return [...this.#asOf];
  }

  lastEvents(): LastEvent[] {
    return [...this.#last.values()].map((event) => {
      const { partition, offset } = event;
      return { partition, offset, digest: 'digest' in event ? event.digest : eventDigest(event) };
    });
  }

  /** What was taken in before our clock was set back counts no more: it would pass for fresh until that hour comes again. */
  #take(partition: number, at: number, now: number): void {
    const before = this.#asOf.get(partition) ?? 0;
    this.#asOf.set(partition, before > now ? at : Math.max(at, before));
  }

  #next(partition: number): bigint {
    const last = this.#last.get(partition);
    return last ? last.offset + 1n : 0n;
  }
}
