import { setTimeout as sleep } from 'node:timers/promises';

/** Refusals leave at multiples of this after their request came: what is quicker by microseconds is not seen. */
export const REFUSAL_GRID_MS = 50;

/** @param started and @param now in ms of one monotonic clock */
export const untilGrid = (started: number, now: number): number => {
  const elapsed = now - started;
  return Math.max(1, Math.ceil(elapsed / REFUSAL_GRID_MS)) * REFUSAL_GRID_MS - elapsed;
};

export const waitForGrid = (started: number): Promise<void> => sleep(untilGrid(started, performance.now()));
