import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterAttempt,
  type AttemptOutcome,
  type Delivery,
  isDue,
  newDelivery,
  RETRY_WAITS,
  revive,
} from './delivery.ts';

const HOUR = 3_600_000;
const outcome = fc.oneof(
  fc.constant('unreachable' as const),
  fc.record({
    status: fc.constantFrom(301, 400, 404, 429, 500, 503),
    retryAfter: fc.option(fc.integer(), { nil: undefined }),
  }),
);
const waiting = (attempts: number): Delivery => ({ state: 'waiting', attempts, nextAttemptAt: 0 });

describe('a delivery', () => {
  it('is due at once', () => {
    expect([isDue(newDelivery(5), 4), isDue(newDelivery(5), 5)]).toEqual([false, true]);
  });

  it.each<[AttemptOutcome, Delivery]>([
    [{ status: 200 }, { state: 'delivered', attempts: 3, deliveredAt: 10 }],
    [{ status: 299 }, { state: 'delivered', attempts: 3, deliveredAt: 10 }],
    [{ status: 410 }, { state: 'dead', attempts: 3, deadAt: 10, reason: 'endpoint_gone' }],
    [{ status: 302 }, { state: 'waiting', attempts: 3, nextAttemptAt: 10 + HOUR / 2 }],
    ['unreachable', { state: 'waiting', attempts: 3, nextAttemptAt: 10 + HOUR / 2 }],
    [
      { status: 503, retryAfter: HOUR },
      { state: 'waiting', attempts: 3, nextAttemptAt: 10 + HOUR },
    ],
    [
      { status: 429, retryAfter: 1 },
      { state: 'waiting', attempts: 3, nextAttemptAt: 10 + HOUR / 2 },
    ],
    [
      { status: 503, retryAfter: 9e12 },
      { state: 'waiting', attempts: 3, nextAttemptAt: 10 + 24 * HOUR },
    ],
    [
      { status: 500, retryAfter: HOUR },
      { state: 'waiting', attempts: 3, nextAttemptAt: 10 + HOUR / 2 },
    ],
  ])('after %j: %j', (came, becomes) => {
    expect(afterAttempt(waiting(2), came, { now: 10, chance: 0 })).toEqual(becomes);
  });

  it('is tried ten times, each wait at least the scheduled and at most a fifth or a Retry-After longer, then is dead', () => {
    fc.assert(
      fc.property(
        fc.array(outcome, { minLength: 10, maxLength: 10 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (came, chance) => {
          let delivery = newDelivery(0);
          for (const [index, each] of came.entries()) {
            const now = delivery.state === 'waiting' ? delivery.nextAttemptAt : Number.NaN;
            delivery = afterAttempt(delivery, each, { now, chance });
            if (index === 9)
              expect(delivery).toEqual({ state: 'dead', attempts: 10, deadAt: now, reason: 'exhausted' });
            else {
              const wait = (delivery as Extract<Delivery, { state: 'waiting' }>).nextAttemptAt - now;
              expect(wait).toBeGreaterThanOrEqual(RETRY_WAITS[index]!);
              expect(wait).toBeLessThanOrEqual(Math.max(24 * HOUR, RETRY_WAITS[index]! * 1.2) + 1);
            }
          }
        },
      ),
    );
  });

  it('stays as it is once it is decided, until somebody revives what is dead', () => {
    const delivered: Delivery = { state: 'delivered', attempts: 1, deliveredAt: 1 };
    const dead: Delivery = { state: 'dead', attempts: 10, deadAt: 1, reason: 'exhausted' };
    for (const each of [delivered, dead]) {
      expect(afterAttempt(each, { status: 500 }, { now: 2, chance: 0 })).toBe(each);
      expect(isDue(each, 9e12)).toBe(false);
    }
    expect([revive(delivered, 3), revive(dead, 3)]).toEqual([delivered, newDelivery(3)]);
  });
});
