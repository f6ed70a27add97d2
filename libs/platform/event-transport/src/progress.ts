import type { EventBatch, Position } from '@kakunin/event-log';

/** How far one subscription to one topic got, partition by partition. */
export class Progress {
  private readonly next = new Map<number, bigint>();
  private goal: readonly Position[] | undefined;

  /** Begins anew at the given positions; partitions not named stand at 0. */
  startAt(positions: readonly Position[]): void {
    this.next.clear();
    for (const { partition, nextOffset } of positions) this.next.set(partition, nextOffset);
  }

  /** What has to be handled before the subscription counts as caught up: the end of the log when it began. */
  catchUpWith(goal: readonly Position[]): void {
    this.goal = goal;
  }

  handled(batch: EventBatch): void {
    const last = batch[batch.length - 1] ?? batch[0];
    this.next.set(last.partition, last.offset + 1n);
  }

  hasCaughtUp(): boolean {
    return this.goal !== undefined && this.behind(this.goal) === 0n;
  }

  /** Events between here and the given positions. */
  behind(goal: readonly Position[]): bigint {
    return goal.reduce((sum, { partition, nextOffset }) => {
      const missing = nextOffset - (this.next.get(partition) ?? 0n);
      return missing > 0n ? sum + missing : sum;
    }, 0n);
  }
}
