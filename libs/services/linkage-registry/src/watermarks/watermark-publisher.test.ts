import { STATUS_WATERMARKS } from '@kakunin/event-log';
import { InMemoryEventLog } from '@kakunin/testing';
import { expect, it } from 'vitest';
import { WatermarkPublisher } from './watermark-publisher.ts';

it('publishes at most about one a second, and goes on when the clock is set back', async () => {
  const log = new InMemoryEventLog([{ name: STATUS_WATERMARKS, partitions: 1 }]);
  const publisher = new WatermarkPublisher(log);
  const published = async () => (await log.endPositions(STATUS_WATERMARKS))[0]?.nextOffset;
  const noon = 1_800_000_000_000;
  for (const at of [noon, noon + 10, noon + 1_000]) await publisher.onCaughtUp({ at, positions: [] });
  expect(await published()).toBe(2n);
  await publisher.onCaughtUp({ at: noon - 3_600_000, positions: [] });
  expect(await published()).toBe(3n);
});
