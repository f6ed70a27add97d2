/** Why a caller is blocked; see `ProbingVerdict` and `HoneyOrdinals`. */
export type ProbingBlockReason = 'probing' | 'honey';

/** A caller that is refused, or was. */
export interface ProbingBlock {
  readonly reason: ProbingBlockReason;
  /** Epoch ms. */
  readonly blockedAt: number;
  /** When it ends by itself, epoch ms; absent: when somebody has looked into it. */
  readonly until?: number;
  /** How often it was blocked, each soon after the other. */
  readonly times: number;
}

const MINUTE = 60_000;
const FIRST_BLOCK = 10 * MINUTE;
/** Each block is so many times as long as the one before. */
const GROWTH = 4;
const LONGEST_BLOCK = 24 * 60 * MINUTE;
/** Who was not blocked for so long begins anew. */
const FORGOTTEN_AFTER = 7 * LONGEST_BLOCK;

export const isBlocked = ({ until = Number.POSITIVE_INFINITY }: Pick<ProbingBlock, 'until'>, now: number): boolean =>
  now < until;

/** Whether nothing of a block is remembered any more. */
export const isForgotten = ({ until = Number.POSITIVE_INFINITY }: Pick<ProbingBlock, 'until'>, now: number): boolean =>
  now >= until + FORGOTTEN_AFTER;

/**
 * The block of a caller that gives cause for one: for 10 minutes, 40 minutes, 2 h 40 min, 10 h 40 min, then a day each
 * time. An honest caller with a burst of mistakes is back before anybody is awake; who guesses gets some 40 guesses a
 * block, fewer than 500 in a week. Whoever touched honey stays blocked until somebody has looked into it.
 * @param before the caller's last block; the same object comes back when it holds still and nothing is added to it
 */
export function nextBlock(
  before: ProbingBlock | undefined,
  { reason, now }: { readonly reason: ProbingBlockReason; readonly now: number },
): ProbingBlock {
  const holds = before !== undefined && isBlocked(before, now);
  if (holds && (before.until === undefined || reason === 'probing')) return before;
  const times = before === undefined || isForgotten(before, now) ? 1 : before.times + (holds ? 0 : 1);
  if (reason === 'honey') return { reason, blockedAt: now, times };
  return { reason, blockedAt: now, until: now + Math.min(LONGEST_BLOCK, FIRST_BLOCK * GROWTH ** (times - 1)), times };
}
