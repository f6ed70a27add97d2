/** How much a caller may do: `capacity` at once, refilled evenly in `refillMs` (a token bucket). */
export interface CallQuota {
  readonly capacity: number;
  /** In which time an empty bucket is full again, ms. */
  readonly refillMs: number;
}

/** What is left to a caller; kept by caller. */
export interface QuotaState {
  readonly left: number;
  /** When that was so, epoch ms. */
  readonly at: number;
}

export type QuotaResult =
  | { readonly granted: true; readonly state: QuotaState }
  | {
      readonly granted: false;
      readonly state: QuotaState;
      /** After which time to ask again, ms. */ readonly retryAfter: number;
    };

/**
 * Takes from a quota: all of `cost`, or nothing. In any time t at most `capacity · (1 + t / refillMs)` is granted.
 * @param state absent for a caller that never called
 * @param cost of the call, e.g. how many persons a batch asks about; what exceeds the capacity is never granted
 */
export function takeFromQuota(
  { capacity, refillMs }: CallQuota,
  state: QuotaState | undefined,
  { now, cost = 1 }: { readonly now: number; readonly cost?: number },
): QuotaResult {
  const before = state ?? { left: capacity, at: now };
  // A clock that was set back gives nothing, and takes nothing away.
  const at = Math.max(now, before.at);
  const left = Math.min(capacity, before.left + ((at - before.at) * capacity) / refillMs);
  if (cost <= left) return { granted: true, state: { left: left - cost, at } };
  const retryAfter = cost > capacity ? Number.POSITIVE_INFINITY : Math.ceil(((cost - left) * refillMs) / capacity);
  return { granted: false, state: { left, at }, retryAfter };
}
