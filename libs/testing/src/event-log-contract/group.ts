import type { EventLog } from '@kakunin/event-log';
import { expect, vi } from 'vitest';
import { firstDeliveries, group, LIMIT_MILLISECONDS, type Promises, Reader, sorted, until } from './scene.ts';

/** What holds for consumer groups. */
export const groupPromises: Promises = {
  'keeps the order of each key while several clients append': async (scene) => {
    const log = await scene.prepared();
    const other = await scene.open();
    const appendAll = async (client: EventLog, key: string) => {
      for (let n = 0; n < 60; n += 3) await client.append([0, 1, 2].map((i) => scene.event(key, n + i)));
    };
    const reader = await new Reader().subscribe(log, { topics: [scene.topic], start: group('g') });
    await Promise.all([appendAll(log, 'a'), appendAll(log, 'b'), appendAll(other, 'c'), appendAll(other, 'd')]);
    await until(() => reader.records.length >= 240);
    for (const key of ['a', 'b', 'c', 'd']) {
      expect(firstDeliveries(reader.records, key)).toEqual(Array.from({ length: 60 }, (_, n) => n));
    }
  },

  'gets the same batch again when the handler refuses it, and loses nothing': async (scene) => {
    const log = await scene.prepared();
    await log.append(Array.from({ length: 5 }, (_, n) => scene.event('a', n)));
    const tries: string[] = [];
    const reader = new Reader();
    await reader.subscribe(log, {
      topics: [scene.topic],
      start: group('g'),
      onBatch: async (batch) => {
        tries.push(batch.map(({ offset }) => offset).join());
        if (tries.length < 3) throw new Error('not yet');
        reader.records.push(...batch);
      },
    });
    await until(() => reader.records.length === 5);
    expect(new Set(tries.slice(0, 3)).size).toBe(1);
  },

  'commits after the handler and never before': async (scene) => {
    const log = await scene.prepared();
    const gate = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    await log.append([scene.event('a', 0)]);
    await new Reader().subscribe(log, {
      topics: [scene.topic],
      start: group('g'),
      onBatch: () => {
        entered.resolve();
        return gate.promise;
      },
    });
    const committed = async () =>
      (await log.committedPositions(scene.topic, 'g')).reduce((sum, { nextOffset }) => sum + nextOffset, 0n);
    await entered.promise;
    expect(await committed()).toBe(0n);
    gate.resolve();
    await vi.waitFor(async () => expect(await committed()).toBe(1n), { timeout: LIMIT_MILLISECONDS, interval: 20 });
  },

  'goes on after its last commit when a member is gone': async (scene) => {
    const log = await scene.prepared();
    await log.append(scene.events(40));
    const first = await new Reader().subscribe(log, { topics: [scene.topic], start: group('g') });
    await until(() => first.records.length === 40);
    await first.subscription?.close();
    await log.append(scene.events(20, 40));
    const next = await new Reader().subscribe(await scene.open(), { topics: [scene.topic], start: group('g') });
    await until(() => next.sequences.size === 20);
    expect(sorted([...next.sequences].map(Number))).toEqual(Array.from({ length: 20 }, (_, n) => 40 + n));
  },

  'gets again what a member had in hand when it went without finishing': async (scene) => {
    const log = await scene.prepared();
    await log.append(scene.events(10));
    const entered = Promise.withResolvers<void>();
    const dying = await scene.open();
    await new Reader().subscribe(dying, {
      topics: [scene.topic],
      start: group('g'),
      onBatch: async () => {
        entered.resolve();
        throw new Error('dying');
      },
    });
    await entered.promise;
    await dying.close();
    const next = await new Reader().subscribe(log, { topics: [scene.topic], start: group('g') });
    await until(() => next.sequences.size === 10);
  },

  'shares the partitions among its members, and takes them back': async (scene) => {
    const log = await scene.prepared();
    const [one, two] = [new Reader(), new Reader()];
    await one.subscribe(log, { topics: [scene.topic], start: group('g') });
    await two.subscribe(await scene.open(), { topics: [scene.topic], start: group('g') });
    let n = 0;
    const spread = async () => {
      await log.append(Array.from({ length: 16 }, () => scene.event(`key-${n % 16}`, n++)));
      return one.records.length > 0 && two.records.length > 0;
    };
    await vi.waitFor(async () => expect(await spread()).toBe(true), { timeout: LIMIT_MILLISECONDS, interval: 100 });
    await two.subscription?.close();
    await log.append(Array.from({ length: 16 }, () => scene.event(`key-${n % 16}`, n++)));
    await until(() => new Set([...one.sequences, ...two.sequences]).size === n);
  },

  'lets other groups be': async (scene) => {
    const log = await scene.prepared();
    await log.append(scene.events(5));
    const readers = await Promise.all(
      ['g', 'h'].map((name) => new Reader().subscribe(log, { topics: [scene.topic], start: group(name) })),
    );
    await until(() => readers.every(({ sequences }) => sequences.size === 5));
  },
};
