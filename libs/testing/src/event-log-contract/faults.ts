import type { EventBatch } from '@kakunin/event-log';
import { expect, vi } from 'vitest';
import { group, LIMIT_MILLISECONDS, type Promises, Reader, until } from './scene.ts';

/** What holds when the log is away for a while. */
export const outagePromises: Promises = {
  'rejects while the log is away, goes on when it is back, and loses nothing': async (scene) => {
    const log = await scene.prepared();
    const reader = await new Reader().subscribe(log, { topics: [scene.topic], start: group('g') });
    await log.append(scene.events(10));
    await until(() => reader.sequences.size === 10);
    await scene.log.pause?.();
    await expect(log.append(scene.events(1, 10))).rejects.toMatchObject({ code: 'unavailable' });
    await scene.log.resume?.();
    await vi.waitFor(() => log.append(scene.events(10, 10)), { timeout: LIMIT_MILLISECONDS, interval: 200 });
    await until(() => reader.sequences.size === 20);
    expect(reader.faults.length).toBeGreaterThan(0);
  },

  'closes while the log is away, and another member gets what was in hand': async (scene) => {
    const log = await scene.prepared();
    const entered = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    await log.append(scene.events(5));
    const reader = await new Reader().subscribe(log, {
      topics: [scene.topic],
      start: group('g'),
      onBatch: () => {
        entered.resolve();
        return gate.promise;
      },
    });
    await entered.promise;
    await scene.log.pause?.();
    const closing = reader.subscription?.close();
    gate.resolve();
    await closing;
    await scene.log.resume?.();
    const next = new Reader();
    await vi.waitFor(async () => next.subscribe(await scene.open(), { topics: [scene.topic], start: group('g') }), {
      timeout: LIMIT_MILLISECONDS,
    });
    await until(() => next.sequences.size === 5);
  },
};

/** What holds when a subscriber closes. */
export const closingPromises: Promises = {
  'closes after the batch in hand, and hands nothing over afterwards': async (scene) => {
    const log = await scene.prepared();
    const gate = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    let handled = 0;
    await log.append(Array.from({ length: 50 }, (_, n) => scene.event('a', n)));
    const reader = await new Reader().subscribe(log, {
      topics: [scene.topic],
      start: group('g'),
      maxBatchSize: 10,
      onBatch: async (batch: EventBatch) => {
        entered.resolve();
        await gate.promise;
        handled += batch.length;
      },
    });
    await entered.promise;
    const closing = reader.subscription?.close();
    gate.resolve();
    await closing;
    expect(handled).toBe(10);
    await log.append([scene.event('a', 50)]);
    const ends = await log.committedPositions(scene.topic, 'g');
    expect(ends.reduce((sum, { nextOffset }) => sum + nextOffset, 0n)).toBe(10n);
    expect(handled).toBe(10);
  },
};
