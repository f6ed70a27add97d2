import type { Position } from '@kakunin/event-log';
import type { StatusWatermark } from '@kakunin/certificates';

/** A watermark an hour old has left its topic as well. */
const MOST_WATERMARKS_WAITING = 3_600;

interface WaitingWatermark {
  readonly at: number;
  readonly positions: readonly { readonly partition: number; readonly nextOffset: bigint }[];
}

/** How far `certificate-events` was applied, partition by partition, and as of when that makes the data true. */
export class PartitionProgress {
  readonly #next = new Map<number, bigint>();
  readonly #asOf = new Map<number, number>();
  #waiting: WaitingWatermark[] = [];

  constructor(positions: Iterable<readonly [number, bigint]> = [], asOf: Iterable<readonly [number, number]> = []) {
    for (const [partition, next] of positions) this.#next.set(partition, next);
    for (const [partition, at] of asOf) this.#asOf.set(partition, at);
  }

  /** False for an event that was applied already: a batch handed over again. */
  isNew({ partition, offset }: { readonly partition: number; readonly offset: bigint }): boolean {
    return offset >= (this.#next.get(partition) ?? 0n);
  }

  advance({ partition, offset }: { readonly partition: number; readonly offset: bigint }): void {
    if (this.isNew({ partition, offset })) this.#next.set(partition, offset + 1n);
  }

  addWatermark({ at, positions }: StatusWatermark): void {
    const parsed = positions.map(({ partition, nextOffset }) => ({ partition, nextOffset: BigInt(nextOffset) }));
    this.#waiting = [...this.#waiting.slice(1 - MOST_WATERMARKS_WAITING), { at, positions: parsed }];
  }

  /** Takes in what the waiting watermarks say of partitions that have reached them. */
  settle(): void {
    this.#waiting = this.#waiting.filter(({ at, positions }) => {
      const ahead = positions.filter(({ partition, nextOffset }) => nextOffset > (this.#next.get(partition) ?? 0n));
      for (const position of positions) {
        if (!ahead.includes(position)) this.#asOf.set(position.partition, Math.max(at, this.asOf(position.partition)));
      }
      return ahead.length > 0;
    });
  }

  /** Epoch milliseconds; 0 before any watermark was reached. */
  asOf(partition: number): number {
    return this.#asOf.get(partition) ?? 0;
  }

  /** The oldest `asOf` of all partitions; 0 before any watermark was reached. */
  get oldestAsOf(): number {
    return this.#asOf.size === 0 ? 0 : Math.min(...this.#asOf.values());
  }

  positions(topic: string): Position[] {
    return [...this.#next].map(([partition, nextOffset]) => ({ topic, partition, nextOffset }));
  }

  asOfEntries(): (readonly [number, number])[] {
    return [...this.#asOf];
  }
}
