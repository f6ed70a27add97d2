import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBlocked, isForgotten, nextBlock, type ProbingBlock } from './probing-block.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('a block', () => {
  it('ends by itself, later each time, and never after more than a day', () => {
    let block: ProbingBlock | undefined;
    let now = 0;
    const minutes: number[] = [];
    for (let time = 1; time <= 6; time += 1) {
      block = nextBlock(block, { reason: 'probing', now });
      minutes.push((block.until! - now) / MINUTE);
      expect(isBlocked(block, block.until! - 1)).toBe(true);
      expect(isBlocked(block, block.until!)).toBe(false);
      now = block.until!;
    }
    expect(minutes).toEqual([10, 40, 160, 640, 1_440, 1_440]);
  });

  it('is short again for who gave no cause for a week', () => {
    const second = nextBlock(nextBlock(undefined, { reason: 'probing', now: 0 }), { reason: 'probing', now: DAY });
    expect(second.times).toBe(2);
    expect(isForgotten(second, second.until! + 7 * DAY - 1)).toBe(false);
    const later = nextBlock(second, { reason: 'probing', now: second.until! + 7 * DAY });
    expect([later.times, later.until! - later.blockedAt]).toEqual([1, 10 * MINUTE]);
  });

  it('for honey does not end, whatever was before and comes after', () => {
    const probing = nextBlock(undefined, { reason: 'probing', now: 0 });
    const honey = nextBlock(probing, { reason: 'honey', now: 1 });
    expect(honey).toEqual({ reason: 'honey', blockedAt: 1, times: 1 });
    expect(isBlocked(honey, Number.MAX_SAFE_INTEGER)).toBe(true);
    expect(nextBlock(honey, { reason: 'probing', now: 2 })).toBe(honey);
    expect(nextBlock(honey, { reason: 'honey', now: 2 })).toBe(honey);
  });

  it('does not grow by what is seen while it holds', () => {
    const block = nextBlock(undefined, { reason: 'probing', now: 0 });
    expect(nextBlock(block, { reason: 'probing', now: block.until! - 1 })).toBe(block);
  });

  it('lets nobody give cause more than twelve times in a week', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(DAY), { maxLength: 60 }), (waits) => {
        let block: ProbingBlock | undefined;
        let now = 0;
        let causes = 0;
        for (const wait of waits) {
          now = Math.max(now, block?.until ?? 0) + wait;
          if (now > 7 * DAY) break;
          block = nextBlock(block, { reason: 'probing', now });
          causes += 1;
        }
        expect(causes).toBeLessThanOrEqual(12);
      }),
    );
  });
});
