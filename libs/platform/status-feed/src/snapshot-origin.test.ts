import { CERTIFICATE_EVENTS } from '@kakunin/event-log';
import type { EventRecord, NewEvent } from '@kakunin/event-log';
import { InMemoryEventLog } from '@kakunin/testing';
import { expect, it, vi } from 'vitest';
import { isFromLog } from './snapshot-origin.ts';
import { StatusFeed } from './status-feed.ts';
import { StatusPositions } from './status-positions.ts';
import { authorityOf, certificateEvent, certificateStatus, good, registered } from './testing/status-events.ts';

const clock = { now: () => 1_800_000_000_000 };
const EVENTS = ['a', 'b', 'c', 'd'].flatMap((id) => [
  certificateEvent(registered(authorityOf(id))),
  certificateEvent(certificateStatus(id, '1', good)),
]);

async function logOf(events: readonly NewEvent[]): Promise<InMemoryEventLog> {
  const log = new InMemoryEventLog([{ name: CERTIFICATE_EVENTS, partitions: 4 }]);
  await log.append(events);
  return log;
}

/** The feed that has read a whole log. */
async function feedOf(log: InMemoryEventLog, count: number): Promise<StatusFeed> {
  const feed = new StatusFeed({ clock, maxAge: 60_000 });
  const subscription = await log.subscribe({
    topics: [CERTIFICATE_EVENTS],
    start: { kind: 'positions', positions: [] },
    maxBatchSize: 10,
    onBatch: async (batch: readonly EventRecord[]) => feed.apply(batch),
    onFault: () => undefined,
  });
  await vi.waitFor(() => expect(feed.appliedCount).toBe(count));
  await subscription.close();
  return feed;
}

it('knows its own log, also when that has grown', async () => {
  const log = await logOf(EVENTS);
  const { lastEvents } = (await feedOf(log, EVENTS.length)).snapshot();
  expect(await isFromLog(log, lastEvents)).toBe(true);
  await log.append(EVENTS);
  expect(await isFromLog(log, lastEvents)).toBe(true);
  expect(await isFromLog(log, [])).toBe(true);
});

it('knows a log that is shorter, or another of the same length', async () => {
  const { lastEvents } = (await feedOf(await logOf(EVENTS), EVENTS.length)).snapshot();
  expect(await isFromLog(await logOf([]), lastEvents)).toBe(false);
  expect(await isFromLog(await logOf(EVENTS.slice(0, -1)), lastEvents)).toBe(false);
  const others = EVENTS.map((event) => ({ ...event, headers: { ...event.headers, producer: 'another' } }));
  expect(await isFromLog(await logOf(others), lastEvents)).toBe(false);
});

it('nothing of a snapshot is fresh before that is known, and nothing is left of a foreign one', async () => {
  const log = await logOf(EVENTS);
  const first = await feedOf(log, EVENTS.length);
  const ends = await log.endPositions(CERTIFICATE_EVENTS);
  const positions = ends.map(({ partition, nextOffset }) => ({ partition, nextOffset: nextOffset.toString() }));
  first.applyWatermark({ at: clock.now(), positions });
  const logger = { warn: vi.fn() };
  const restart = async (on: InMemoryEventLog): Promise<StatusFeed> => {
    const feed = new StatusFeed({ clock, maxAge: 60_000, snapshot: first.snapshot() });
    expect(feed.authorities().some((status) => feed.isFresh(status))).toBe(false);
    await new StatusPositions(feed, on, logger).positions();
    return feed;
  };
  const same = await restart(log);
  expect(same.authorities().every((status) => same.isFresh(status))).toBe(true);
  expect(logger.warn).not.toHaveBeenCalled();
  const foreign = await restart(await logOf([]));
  expect([foreign.authorities(), foreign.positions()]).toEqual([[], []]);
  expect(logger.warn).toHaveBeenCalledOnce();
});
