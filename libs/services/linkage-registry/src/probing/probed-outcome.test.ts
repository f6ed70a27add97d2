import type { Authority } from '@kakunin/certificates';
import { ProbingDetector } from '@kakunin/probing';
import { describe, expect, it } from 'vitest';
import { probedOutcome } from './probed-outcome.ts';

const authorityOf = (serialScheme: Authority['serialScheme']): Authority => ({
  authorityId: 'user-g1',
  certificateClass: 'user-authentication',
  certificate: '',
  serialScheme,
});

/** What the detector says after a walk over neighbouring serial numbers. */
function walk(serialScheme: Authority['serialScheme'], granted = true): string {
  const detector = new ProbingDetector(new Uint8Array(32).fill(1));
  const authority = authorityOf(serialScheme);
  for (let step = 0; step < 200; step++) {
    const serialNumber = (0x1000 + step).toString(16);
    const outcome = probedOutcome({ authority, serialNumber, granted, issued: 1_000_000 });
    if (detector.observe('pf', outcome) === 'block') return 'block';
  }
  return detector.verdict('pf');
}

describe('what a call was about', () => {
  it('has neighbours where an authority counts, and nowhere else', () => {
    expect(walk({ kind: 'sequential', first: 'fff' })).toBe('block');
    expect(walk({ kind: 'random' })).toBe('normal');
    expect(walk({ kind: 'sealed' })).toBe('normal');
  });

  it('is a refusal, whatever the reason', () => {
    expect(walk({ kind: 'sealed' }, false)).toBe('block');
    expect(probedOutcome({ authority: undefined, serialNumber: '1', granted: true, issued: 1 })).toEqual({
      kind: 'refused',
    });
  });
});
