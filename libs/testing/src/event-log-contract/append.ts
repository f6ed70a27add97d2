import { EventLogError, partitionOf } from '@kakunin/event-log';
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { declare, fromStart, group, PARTITIONS, type Promises, Reader, until } from './scene.ts';

/** What holds for appending. */
export const appendPromises: Promises = {
  'puts a key where the partitioner says, and answers the positions behind it': async (scene) => {
    const log = await scene.prepared();
    const positions = await log.append([scene.event('a', 0), scene.event('a', 1)]);
    const partition = partitionOf('a', PARTITIONS);
    expect(positions).toEqual([{ topic: scene.topic, partition, nextOffset: 2n }]);
    expect(await log.append([])).toEqual([]);
    const ends = await log.endPositions(scene.topic);
    expect(ends.map(({ nextOffset }) => nextOffset)).toEqual(
      Array.from({ length: PARTITIONS }, (_, n) => (n === partition ? 2n : 0n)),
    );
  },

  'keeps keys, values and headers byte for byte': async (scene) => {
    const log = await scene.prepared();
    const values = [new Uint8Array(0), randomBytes(1), Buffer.from([0, 255, 10, 92, 39, 0]), randomBytes(300_000)];
    const headers = { producer: '試験 \\ " \n', sequence: '9', 'x-empty': '', 'x-emoji': '🔏' };
    await log.append(values.map((value) => ({ topic: scene.topic, key: '鍵-\\"', value, headers })));
    const reader = await new Reader().subscribe(log, { topics: [scene.topic], start: fromStart });
    await until(() => reader.records.length === values.length);
    for (const [n, record] of reader.records.entries()) {
      expect(Buffer.from(record.value).equals(values[n] ?? Buffer.alloc(0))).toBe(true);
      expect(record).toMatchObject({ key: '鍵-\\"', headers, offset: BigInt(n) });
      expect(Math.abs(Date.now() - record.timestamp)).toBeLessThan(60_000);
    }
  },

  'takes thousands of events at once, and hands over no more than asked for': async (scene) => {
    const log = await scene.prepared();
    await log.append(scene.events(6_000));
    const sizes: number[] = [];
    const reader = new Reader();
    await reader.subscribe(log, {
      topics: [scene.topic],
      start: fromStart,
      maxBatchSize: 250,
      onBatch: async (batch) => {
        sizes.push(batch.length);
        reader.records.push(...batch);
      },
    });
    await until(() => reader.records.length === 6_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(250);
    expect(reader.sequences.size).toBe(6_000);
  },

  'refuses a topic that nobody declared': async (scene) => {
    const log = await scene.open();
    const refused = expect.objectContaining({ code: 'unknown_topic' });
    await expect(log.append([scene.event('a', 0)])).rejects.toEqual(refused);
    await expect(log.endPositions(scene.topic)).rejects.toEqual(refused);
    await expect(new Reader().subscribe(log, { topics: [scene.topic], start: group('g') })).rejects.toEqual(refused);
    await expect(log.append([scene.event('a', 0)])).rejects.toBeInstanceOf(EventLogError);
  },
};

/** What holds for creating topics. */
export const topicPromises: Promises = {
  'creates what is missing, once, and never with other partitions': async (scene) => {
    const log = await scene.open();
    expect(await log.createTopics([declare(scene.topic)])).toEqual([scene.topic]);
    expect(await log.createTopics([declare(scene.topic)])).toEqual([]);
    await expect(log.createTopics([declare(scene.topic, 3)])).rejects.toMatchObject({ code: 'topic_differs' });
  },
};
