import type { UsageEvent } from '@kakunin/usage';

/** A segment to which nothing is added any more. */
export interface SealedSegment {
  readonly sequence: bigint;
  /** Records in it. */
  readonly count: number;
  /** Latest time of a record in it, epoch ms. */
  readonly newest: number;
}

export const sealedSegment = (sequence: bigint, events: readonly UsageEvent[]): SealedSegment => ({
  sequence,
  count: events.length,
  newest: events.reduce((newest, { time }) => Math.max(newest, time), 0),
});
