import type { UsageEvent } from './usage-event.ts';

/**
 * Records usage before the answer leaves. Promise 1 of the design rests on it: when `record` resolves, the events
 * survive a kill -9 and a power cut.
 */
export interface UsageJournal {
  /**
   * Many callers share one fdatasync (group commit). An event whose request was recorded within the retry window, or
   * is being recorded by another call, is not recorded again: the call then waits for that one.
   * @throws UsageError `journal_unavailable` when the disk refuses: the answer must then be `tryLater`
   */
  record(events: readonly UsageEvent[]): Promise<void>;

  /** True when an event with this request digest was recorded within the retry window. */
  recentlyRecorded(requestDigest: Uint8Array): boolean;
}
