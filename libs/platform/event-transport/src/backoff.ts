import { setTimeout as delay } from 'node:timers/promises';

/** How a failing handler is tried again. */
export interface RetryPolicy {
  /** Tries of a batch, and then of each of its events, before an event is given up. Transient faults do not count. */
  readonly attempts: number;
  /** Pause after the first failure; it doubles with each further one. */
  readonly firstPauseMilliseconds: number;
  readonly longestPauseMilliseconds: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  attempts: 3,
  firstPauseMilliseconds: 100,
  longestPauseMilliseconds: 10_000,
};

/** Waits; rejects at once when the signal is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export const sleep: Sleep = async (milliseconds, signal) => {
  await delay(milliseconds, undefined, { signal });
};

/**
 * The pause after so many failures in a row, in milliseconds: exponential, the upper half of it left to chance so that
 * consumers that failed together do not come back together.
 */
export function pauseAfter(failures: number, policy: RetryPolicy, random: () => number): number {
  const whole = Math.min(
    policy.longestPauseMilliseconds,
    policy.firstPauseMilliseconds * 2 ** Math.min(failures - 1, 30),
  );
  return whole / 2 + (whole / 2) * random();
}
