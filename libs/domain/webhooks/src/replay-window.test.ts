import { expect, it } from 'vitest';
import { ReplayWindow } from './replay-window.ts';
import { WEBHOOK_TOLERANCE } from './webhook-signature.ts';

it('takes an id once', () => {
  const replays = new ReplayWindow();
  expect([replays.take('a', 0), replays.take('b', 1), replays.take('a', 2)]).toEqual([true, true, false]);
});

it('knows it as long as a valid one can come, however short its window', () => {
  const replays = new ReplayWindow({ window: 1 });
  replays.take('a', 0);
  expect(replays.take('a', 2 * WEBHOOK_TOLERANCE - 1)).toBe(false);
  expect(replays.take('a', 2 * WEBHOOK_TOLERANCE)).toBe(true);
});

it('keeps no more than it may, the newest', () => {
  const replays = new ReplayWindow({ most: 3 });
  for (const [at, id] of ['a', 'b', 'c', 'd'].entries()) replays.take(id, at);
  expect(replays.size).toBe(3);
  expect(['b', 'c', 'd'].map((id) => replays.take(id, 5)).includes(true)).toBe(false);
});
