import type { Authority } from '@kakunin/certificates';
import type { StatusIndex } from '@kakunin/status-index';
import type { AppliedSequences } from './authority-feed.ts';
import type { BlockedEvent } from './blocked-events.ts';
import type { LastEvent } from './last-event.ts';

/** A {@link StatusFeed} at one moment. */
export interface StatusSnapshot {
  /** Of each partition of `certificate-events` that was read; the feed goes on behind them. */
  readonly lastEvents: readonly LastEvent[];
  /** Partition and the instant (epoch ms) that its data is true for. */
  readonly asOf: readonly (readonly [partition: number, at: number])[];
  readonly blocked: readonly BlockedEvent[];
  readonly authorities: readonly {
    readonly authority: Authority;
    readonly partition: number;
    readonly applied: AppliedSequences;
    readonly index: StatusIndex;
  }[];
}
