import type { Answer } from './exchange.ts';

/** The problem of a service that has too much to do: it has changed nothing, so that any call may be made again. */
export const BUSY = 'database_busy';
/** Then somebody should know. */
export const MOST_REPEATS = 5;
const LONGEST_SECONDS = 10;

/** Milliseconds until the next try: as long as the service says, and a bit, so that not all who were refused come back at once. */
export function pauseOf({ headers }: Pick<Answer, 'headers'>): number {
  const seconds = Number(headers['retry-after'] ?? 1);
  return Math.min(Number.isFinite(seconds) ? seconds : 1, LONGEST_SECONDS) * 1_000 * (1 + Math.random() / 2);
}
