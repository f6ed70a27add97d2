import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { SnapshotDirectory } from './snapshot-directory.ts';
import { SnapshotKeeper } from './snapshot-keeper.ts';
import type { StatusFeed } from './status-feed.ts';

const feed = { appliedCount: 0, snapshot: vi.fn(() => ({ count: feed.appliedCount })) };
const save = vi.fn<(snapshot: unknown) => Promise<void>>();
const logger = { warn: vi.fn() };
let keeper: SnapshotKeeper;

beforeEach(() => {
  vi.useFakeTimers();
  vi.resetAllMocks();
  feed.appliedCount = 0;
  save.mockResolvedValue();
  keeper = new SnapshotKeeper({
    feed: feed as unknown as StatusFeed,
    directory: { save } as unknown as SnapshotDirectory,
    schedule: { afterEvents: 100, afterMilliseconds: 10_000 },
    logger,
  });
  keeper.start();
});
afterEach(async () => {
  await keeper.stop();
  vi.useRealTimers();
});

const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

it('writes after so many events, or after so long when there were any', async () => {
  await pass(60_000);
  expect(save).toHaveBeenCalledTimes(0);
  feed.appliedCount = 99;
  await pass(1_000);
  expect(save).toHaveBeenCalledTimes(1);
  feed.appliedCount = 150;
  await pass(9_000);
  expect(save).toHaveBeenCalledTimes(1);
  await pass(1_000);
  expect(save).toHaveBeenCalledTimes(2);
  feed.appliedCount = 250;
  await pass(1_000);
  expect(save).toHaveBeenCalledTimes(3);
});

it('writes one at a time', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  save.mockReturnValue(promise);
  feed.appliedCount = 100;
  await pass(1_000);
  feed.appliedCount = 300;
  await pass(5_000);
  expect(save).toHaveBeenCalledTimes(1);
  resolve();
  await pass(1_000);
  expect(save).toHaveBeenCalledTimes(2);
});

it('writes what is new when the service stops, and nothing when nothing is', async () => {
  feed.appliedCount = 1;
  await keeper.stop();
  expect(save).toHaveBeenCalledTimes(1);
  await keeper.stop();
  expect(save).toHaveBeenCalledTimes(1);
});

it('says in the log that a snapshot could not be written, and tries again when the time has come', async () => {
  save.mockRejectedValueOnce(new Error('ENOSPC'));
  feed.appliedCount = 100;
  await pass(1_000);
  expect(logger.warn).toHaveBeenCalledWith({ error: 'ENOSPC' }, expect.any(String));
  await pass(9_000);
  expect(save).toHaveBeenCalledTimes(1);
  await pass(1_000);
  expect(save).toHaveBeenCalledTimes(2);
});
