import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { GrowingPause } from './growing-pause.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** @returns ms that passed */
async function rest(pause: GrowingPause): Promise<number> {
  const began = Date.now();
  const resting = pause.rest();
  await vi.runAllTimersAsync();
  await resting;
  return Date.now() - began;
}

test('pauses grow to ten seconds, and begin anew', async () => {
  const pause = new GrowingPause();
  const pauses = [];
  for (let time = 0; time < 9; time += 1) pauses.push(await rest(pause));
  expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  pause.reset();
  expect(await rest(pause)).toBe(100);
});

test('a pause that is cut ends at once', async () => {
  const pause = new GrowingPause();
  const resting = pause.rest();
  pause.cut();
  await resting;
  expect(vi.getTimerCount()).toBe(0);
});
