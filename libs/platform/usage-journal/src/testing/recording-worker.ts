import { parentPort, workerData } from 'node:worker_threads';
import { encodeUsageRecords } from '@kakunin/usage';
import { JournalWriter } from '../journal-writer.ts';
import type { JournalPlace } from '../journal-writer.ts';
import { usageEventOf } from './usage-events.ts';

/*
 * A thread that records: says when it is ready; asked with a number, it says whether that was recorded or refused; asked
 * with 'close', it seals and ends.
 */
const port = parentPort!;
const writer = await JournalWriter.open({
  ...(workerData as JournalPlace),
  clock: { now: () => Date.now() },
  sealAfterMilliseconds: 20,
  onSealed: (sealed) => port.postMessage({ sealed }),
  onFault: () => undefined,
});

async function close(): Promise<void> {
  await writer.close();
  port.close();
}

port.on('message', (asked: number | 'close') => {
  if (asked === 'close') return void close();
  const event = usageEventOf(asked, Date.now());
  const { requestDigest: digest, time } = event;
  writer.record(
    { records: encodeUsageRecords([event]), count: 1, time, digest },
    { recorded: () => port.postMessage({ recorded: asked }), refused: () => port.postMessage({ refused: asked }) },
  );
});
port.postMessage({ ready: true });
