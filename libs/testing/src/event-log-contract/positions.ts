import { partitionOf, type Position } from '@kakunin/event-log';
import { expect } from 'vitest';
import { fromStart, PARTITIONS, type Promises, Reader, until } from './scene.ts';

/** What holds for a subscriber that knows its positions. */
export const positionPromises: Promises = {
  'gets everything from there, every partition, and commits nothing': async (scene) => {
    const log = await scene.prepared();
    await log.append(Array.from({ length: 10 }, (_, n) => scene.event('a', n)));
    const partition = partitionOf('a', PARTITIONS);
    const positions: Position[] = [{ topic: scene.topic, partition, nextOffset: 6n }];
    const reader = await new Reader().subscribe(log, {
      topics: [scene.topic],
      start: { kind: 'positions', positions },
    });
    const whole = await new Reader().subscribe(log, { topics: [scene.topic], start: fromStart });
    await until(() => reader.records.length === 4 && whole.records.length === 10);
    expect(reader.records.map(({ offset }) => offset)).toEqual([6n, 7n, 8n, 9n]);
    await log.append([scene.event('a', 10), scene.event('zz', 11), scene.event('y', 12)]);
    await until(() => reader.records.length === 7 && whole.records.length === 13);
  },

  'hears of new events soon': async (scene) => {
    const log = await scene.prepared();
    const other = await scene.open();
    const reader = await new Reader().subscribe(other, { topics: [scene.topic], start: fromStart });
    for (let n = 0; n < 20; n++) {
      await log.append([scene.event('a', n)]);
      await until(() => reader.records.length === n + 1);
    }
  },
};
