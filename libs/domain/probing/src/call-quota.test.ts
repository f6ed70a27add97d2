import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type QuotaState, takeFromQuota } from './call-quota.ts';

const quota = { capacity: 10, refillMs: 1_000 };

describe('takeFromQuota', () => {
  it('never grants more than capacity and refill in any time', () => {
    const call = fc.record({ wait: fc.nat(300), cost: fc.integer({ min: 1, max: 12 }) });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 50 }), (calls) => {
        let state: QuotaState | undefined;
        let now = 0;
        const granted: { at: number; cost: number }[] = [];
        for (const { wait, cost } of calls) {
          now += wait;
          const result = takeFromQuota(quota, state, { now, cost });
          if (result.granted) granted.push({ at: now, cost });
          ({ state } = result);
        }
        for (const { at: from } of granted) {
          const since = granted.filter(({ at }) => at >= from);
          const sum = since.reduce((total, { cost }) => total + cost, 0);
          expect(sum).toBeLessThanOrEqual(10 * (1 + (since.at(-1)!.at - from) / 1_000) + 1e-6);
        }
      }),
    );
  });

  it('says when to ask again, and grants then', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { maxLength: 30 }), fc.integer({ min: 1, max: 10 }), (waits, cost) => {
        let state: QuotaState | undefined;
        let now = 0;
        for (const wait of waits) ({ state } = takeFromQuota(quota, state, { now: (now += wait) }));
        const result = takeFromQuota(quota, state, { now, cost });
        if (result.granted) return;
        expect(takeFromQuota(quota, result.state, { now: now + result.retryAfter + 1, cost }).granted).toBe(true);
      }),
    );
  });

  it('gives nothing for a clock that is set back, and never what exceeds the capacity', () => {
    const { state } = takeFromQuota(quota, undefined, { now: 5_000, cost: 10 });
    const back = takeFromQuota(quota, state, { now: 0 });
    expect(back).toEqual({ granted: false, state: { left: 0, at: 5_000 }, retryAfter: 100 });
    expect(takeFromQuota(quota, back.state, { now: 5_100 }).granted).toBe(true);
    expect(takeFromQuota(quota, undefined, { now: 0, cost: 11 })).toMatchObject({
      retryAfter: Number.POSITIVE_INFINITY,
    });
  });
});
