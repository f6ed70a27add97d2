import { CERTIFICATE_EVENTS } from '@kakunin/event-log';
import type { EventLog, EventRecord, Position } from '@kakunin/event-log';
import { eventDigest } from './last-event.ts';
import type { LastEvent } from './last-event.ts';

/**
 * Whether a snapshot was made from this very log: each partition still has, at its place, the last event that the
 * snapshot knows. A log that was set up anew, or brought back from a backup, has not: going on at the snapshot's
 * positions would pass over its events in silence.
 * @throws EventLogError `unknown_topic` | `unavailable`
 */
export async function isFromLog(
  eventLog: Pick<EventLog, 'endPositions' | 'subscribe'>,
  known: readonly LastEvent[],
): Promise<boolean> {
  if (known.length === 0) return true;
  const ends = await eventLog.endPositions(CERTIFICATE_EVENTS);
  const endOf = (partition: number): bigint => ends.find((end) => end.partition === partition)?.nextOffset ?? 0n;
  if (known.some(({ partition, offset }) => offset >= endOf(partition))) return false;
  const read = await readEach(eventLog, known);
  return known.every(({ partition, offset, digest }) => {
    const event = read.get(partition);
    return event?.offset === offset && eventDigest(event) === digest;
  });
}

/** The first event of each of these partitions from the given place on. */
async function readEach(
  eventLog: Pick<EventLog, 'subscribe'>,
  places: readonly LastEvent[],
): Promise<ReadonlyMap<number, EventRecord>> {
  const read = new Map<number, EventRecord>();
  const { promise: complete, resolve, reject } = Promise.withResolvers<void>();
  const subscription = await eventLog.subscribe({
    topics: [CERTIFICATE_EVENTS],
    start: { kind: 'positions', positions: places.map(positionOf) },
    maxBatchSize: 1,
    onBatch: async ([event]) => {
      if (!read.has(event.partition)) read.set(event.partition, event);
      if (places.every(({ partition }) => read.has(partition))) resolve();
    },
    onFault: reject,
  });
  try {
    await complete;
  } finally {
    await subscription.close();
  }
  return read;
}

const positionOf = ({ partition, offset }: LastEvent): Position => ({
  topic: CERTIFICATE_EVENTS,
  partition,
  nextOffset: offset,
});
