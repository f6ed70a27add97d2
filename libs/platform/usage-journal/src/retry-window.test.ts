import { expect, it } from 'vitest';
import { RetryWindow } from './retry-window.ts';
import { usageEventOf } from './testing/usage-events.ts';

const now = 1_800_000_000_000;

it('counts the events of a request for as long as the window, either way of the clock', () => {
  const window = new RetryWindow(60_000);
  const event = usageEventOf(1, now);
  const countAt = (instant: number): number => window.count(event.requestDigest, instant);
  window.remember(event);
  window.remember(event);
  expect([now, now + 60_000, now + 60_001, now - 60_001].map(countAt)).toEqual([2, 2, 0, 0]);
  const later = now - 3_600_000;
  window.remember({ ...event, time: later });
  expect([countAt(later), countAt(now)]).toEqual([1, 0]);
});

it('knows no request without a nonce', () => {
  const window = new RetryWindow(60_000);
  const requestDigest = new Uint8Array(16);
  window.remember({ requestDigest, time: now });
  expect(window.count(requestDigest, now)).toBe(0);
});
