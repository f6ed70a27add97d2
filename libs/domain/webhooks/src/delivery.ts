/** Where one message for one endpoint is on its way. Pure state: whoever keeps it, keeps it whole. */
export type Delivery =
  | {
      readonly state: 'waiting';
      /** How often it was tried. */
      readonly attempts: number;
      /** Epoch ms. */
      readonly nextAttemptAt: number;
    }
  | { readonly state: 'delivered'; readonly attempts: number; readonly deliveredAt: number }
  | {
      readonly state: 'dead';
      readonly attempts: number;
      readonly deadAt: number;
      readonly reason: DeadLetterReason;
    };

/** `endpoint_gone`: it answered 410, and wants no more of any message; `exhausted`: it was tried to the last. */
export type DeadLetterReason = 'endpoint_gone' | 'exhausted';

/** What came of an attempt: an answer, or none (no connection, no answer in time). */
export type AttemptOutcome =
  { readonly status: number; /** Of the header, ms. */ readonly retryAfter?: number | undefined } | 'unreachable';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits after the first attempt, the second, …, ms: ten attempts in three days, as Standard Webhooks proposes. */
export const RETRY_WAITS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** Up to a fifth longer: endpoints that came back together are not called together. */
const SPREAD = 0.2;
/** An endpoint may ask for more time, and not for ever. */
const LONGEST_RETRY_AFTER = 24 * HOUR;

export const newDelivery = (now: number): Delivery => ({ state: 'waiting', attempts: 0, nextAttemptAt: now });

/** True when it is time for the next attempt. */
export const isDue = (delivery: Delivery, now: number): boolean =>
  delivery.state === 'waiting' && delivery.nextAttemptAt <= now;

/**
 * What becomes of a delivery after an attempt. Any 2xx is delivered; 410 means that the endpoint is gone (the service
 * disables it); all else, redirects included, is tried again. Attempts on what is not waiting change nothing.
 * @param chance 0 ≤ chance < 1, random: spreads the attempts
 */
export function afterAttempt(
  delivery: Delivery,
  outcome: AttemptOutcome,
  { now, chance }: { readonly now: number; readonly chance: number },
): Delivery {
  if (delivery.state !== 'waiting') return delivery;
  const attempts = delivery.attempts + 1;
  const status = outcome === 'unreachable' ? undefined : outcome.status;
  if (status !== undefined && status >= 200 && status < 300) return { state: 'delivered', attempts, deliveredAt: now };
  if (status === 410) return { state: 'dead', attempts, deadAt: now, reason: 'endpoint_gone' };
  const wait = RETRY_WAITS[attempts - 1];
  if (wait === undefined) return { state: 'dead', attempts, deadAt: now, reason: 'exhausted' };
  const spread = Math.ceil(wait * (1 + SPREAD * chance));
  return { state: 'waiting', attempts, nextAttemptAt: now + Math.max(spread, retryAfterOf(outcome)) };
}

/** A dead letter is sent anew, by somebody who knows that the endpoint is well again. Others stay as they are. */
export const revive = (delivery: Delivery, now: number): Delivery =>
  delivery.state === 'dead' ? newDelivery(now) : delivery;

function retryAfterOf(outcome: AttemptOutcome): number {
  if (outcome === 'unreachable' || (outcome.status !== 429 && outcome.status !== 503)) return 0;
  const asked = outcome.retryAfter ?? 0;
  return asked > 0 ? Math.min(asked, LONGEST_RETRY_AFTER) : 0;
}
