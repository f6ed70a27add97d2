import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Rounds } from './rounds.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const scene = (atOnce = false) => {
  const ready = Promise.withResolvers<void>();
  const faults: unknown[] = [];
  let end = Promise.withResolvers<void>();
  const seen = { begun: 0, signal: undefined as AbortSignal | undefined };
  const rounds = new Rounds({
    interval: 100,
    atOnce,
    work: async (signal) => {
      Object.assign(seen, { begun: seen.begun + 1, signal });
      await end.promise;
    },
    onFault: (error) => void faults.push(error),
  });
  const endRound = async (fault?: Error): Promise<void> => {
    const ending = end;
    end = Promise.withResolvers();
    if (fault) ending.reject(fault);
    else ending.resolve();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { rounds, ready, faults, seen, endRound };
};

it('waits for what it rests on, and does one round at a time', async () => {
  const { rounds, ready, seen, endRound } = scene();
  rounds.startAfter(ready.promise);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(seen.begun).toBe(0);
  ready.resolve();
  await vi.advanceTimersByTimeAsync(350);
  expect(seen.begun).toBe(1);
  await endRound();
  await vi.advanceTimersByTimeAsync(100);
  expect(seen.begun).toBe(2);
});

it('begins at once where that is asked for', async () => {
  const { rounds, ready, seen, endRound } = scene(true);
  rounds.startAfter(ready.promise);
  ready.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(seen.begun).toBe(1);
  await endRound();
  await vi.advanceTimersByTimeAsync(100);
  expect(seen.begun).toBe(2);
});

it('tells of a round that failed, and goes on', async () => {
  const { rounds, faults, seen, endRound } = scene();
  rounds.startAfter(Promise.resolve());
  await vi.advanceTimersByTimeAsync(100);
  await endRound(new Error('away'));
  expect(faults).toEqual([new Error('away')]);
  await vi.advanceTimersByTimeAsync(100);
  expect(seen.begun).toBe(2);
});

it('stops when the round in hand has ended', async () => {
  const { rounds, seen, endRound } = scene();
  rounds.startAfter(Promise.resolve());
  await vi.advanceTimersByTimeAsync(100);
  let stopped = false;
  const stopping = rounds.stop().then(() => (stopped = true));
  await vi.advanceTimersByTimeAsync(0);
  expect([seen.signal?.aborted, stopped]).toEqual([true, false]);
  await endRound();
  await stopping;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(seen.begun).toBe(1);
});

it('never begins when what it rests on failed, or came only after the stop', async () => {
  const failed = scene();
  failed.rounds.startAfter(failed.ready.promise);
  failed.ready.reject(new Error('never'));
  const late = scene();
  late.rounds.startAfter(late.ready.promise);
  await late.rounds.stop();
  late.ready.resolve();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([failed.seen.begun, late.seen.begun]).toEqual([0, 0]);
});
