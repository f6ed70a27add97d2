import type { EventId } from './event-id.ts';

/** What an event id is to those before it. */
export type EventPlace =
  /** The next one. */
  | 'next'
  /** It, or others of its segment, stood before: a segment's events stand together. */
  | 'repeated'
  /** Others of its segment are missing before it. */
  | 'gap';

/**
 * Holds the event ids of a ledger against the order in which they must stand: a segment's events together, numbered
 * from 0 without gaps. So a repetition is found without keeping each id: kept are ranges of segments.
 */
export class EventOrder {
  readonly #segments = new Map<string, SegmentRanges>();
  #producer = '';
  #sequence = 0n;
  #next = 0;

  place({ producer, sequence, index }: EventId): EventPlace {
    const same = sequence === this.#sequence && producer === this.#producer;
    if (!same && !this.#rangesOf(producer).add(sequence)) return 'repeated';
    const expected = same ? this.#next : 0;
    if (index < expected) return 'repeated';
    [this.#producer, this.#sequence, this.#next] = [producer, sequence, index + 1];
    return index === expected ? 'next' : 'gap';
  }

  #rangesOf(producer: string): SegmentRanges {
    const known = this.#segments.get(producer);
    if (known) return known;
    const ranges = new SegmentRanges();
    this.#segments.set(producer, ranges);
    return ranges;
  }
}

/** A set of numbers that mostly come in order. */
class SegmentRanges {
  /** First and last of each range, in order. */
  readonly #ranges: [bigint, bigint][] = [];

  /** @returns false when the number was there before */
  add(sequence: bigint): boolean {
    const at = this.#after(sequence);
    const before = this.#ranges[at - 1];
    if (before && sequence <= before[1]) return false;
    if (before && sequence === before[1] + 1n) before[1] = sequence;
    else this.#ranges.splice(at, 0, [sequence, sequence]);
    return true;
  }

  /** Index of the first range that begins after the number. */
  #after(sequence: bigint): number {
    let [low, high] = [0, this.#ranges.length];
    if (high === 0 || sequence >= this.#ranges[high - 1]![0]) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ranges[middle]![0] <= sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
