import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newSectorKeys, rotateSectorKey, type SectorKeys, versionsGivenAt, versionsToDestroy } from './sector-keys.ts';

const invalid = expect.objectContaining({ code: 'rotation_invalid' });
const rotated = rotateSectorKey(newSectorKeys(0), { from: 100, windowEndsAt: 200, now: 50 });

describe('a rotation', () => {
  it.each([
    [-1, { current: 1 }],
    [99, { current: 1 }],
    [100, { current: 2, previous: 1 }],
    [199, { current: 2, previous: 1 }],
    [200, { current: 2 }],
  ])('at %d: %j', (now, given) => expect(versionsGivenAt(rotated, now)).toEqual(given));

  it('ends before the next begins, and begins not in the past', () => {
    for (const now of [60, 150, 199]) {
      expect(() => rotateSectorKey(rotated, { from: 300, windowEndsAt: 400, now })).toThrow(invalid);
    }
    expect(() => rotateSectorKey(rotated, { from: 299, windowEndsAt: 400, now: 300 })).toThrow(invalid);
    expect(() => rotateSectorKey(rotated, { from: 300, windowEndsAt: 300, now: 300 })).toThrow(invalid);
    expect(rotateSectorKey(rotated, { from: 200, windowEndsAt: 300, now: 200 })).toHaveLength(3);
  });

  it('leaves keys to be destroyed when their names are given no more', () => {
    expect([199, 200].map((now) => versionsToDestroy(rotated, now))).toEqual([[], [1]]);
  });

  it('never gives a destroyed version, nor more than two, and versions only grow', () => {
    const steps = fc.array(fc.tuple(fc.nat(50), fc.nat(50), fc.integer({ min: 1, max: 50 })), { maxLength: 8 });
    fc.assert(
      fc.property(steps, fc.array(fc.nat(1_000), { maxLength: 20 }), (rotations, instants) => {
        let now = 0;
        let keys: SectorKeys = newSectorKeys(0);
        for (const [wait, ahead, window] of rotations) {
          now = Math.max(now + wait, keys.at(-2)?.givenUntil ?? 0);
          keys = rotateSectorKey(keys, { from: now + ahead, windowEndsAt: now + ahead + window, now });
          now += ahead;
        }
        let newest = 1;
        for (const instant of instants.toSorted((one, other) => one - other)) {
          const { current, previous = current - 1 } = versionsGivenAt(keys, instant);
          const destroyed = versionsToDestroy(keys, instant);
          expect(previous).toBe(current - 1);
          expect(destroyed.includes(current)).toBe(false);
          if (versionsGivenAt(keys, instant).previous) expect(destroyed.includes(previous)).toBe(false);
          expect(current).toBeGreaterThanOrEqual(newest);
          newest = current;
        }
      }),
    );
  });
});
