import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS, USAGE_SEGMENTS } from '@kakunin/event-log';
import { PostgresEventLog } from '@kakunin/event-log-postgres';
import { createLogger, defineConfig, readConfig, startService, systemClock } from '@kakunin/runtime';
import type { RunningService, Service } from '@kakunin/runtime';
import { sharedTestPostgres } from '@kakunin/testing';
import type { TestDatabases } from '@kakunin/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { JournalDirectoriesModule } from './journal-directories.module.ts';
import { JournalDirectories } from './journal-directories.ts';
import type { JournalWriter } from './journal-writer.ts';
import { openWriter, recordWith } from './testing/journal-in-one-thread.ts';
import { SegmentCollector } from './testing/segment-collector.ts';
import { usageEventOf } from './testing/usage-events.ts';

const config = defineConfig({
  service: 'recorder',
  prefix: 'KAKUNIN_RECORDER_',
  managementPort: 0,
  schema: z.object({}),
});
const logger = createLogger('recorder', 'silent');
let server: TestDatabases;
let log: PostgresEventLog;
let directory: string;
let running: RunningService | undefined;
let writer: JournalWriter | undefined;

beforeAll(async () => {
  server = await sharedTestPostgres();
  log = new PostgresEventLog({ url: await server.createDatabase('kakunin_event_log') });
  await log.whenReady();
  await log.createTopics(TOPICS);
});
afterAll(async () => {
  await log.close();
  await server.stop();
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kakunin-journal-'));
});
afterEach(async () => {
  await stop();
  rmSync(directory, { recursive: true });
});

async function start(): Promise<JournalWriter> {
  const service: Service<typeof config> = {
    name: 'recorder',
    config,
    module: () => JournalDirectoriesModule.register({ directory }),
    listeners: () => [],
  };
  running = await startService(service, { config: readConfig(config, {}), eventLog: log, logger });
  writer = await openWriter(running.app.get(JournalDirectories), { sealAfterMilliseconds: 20, clock: systemClock });
  return writer;
}
async function stop(): Promise<void> {
  await writer?.close();
  await running?.close();
  writer = running = undefined;
}
const manage = async (path: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${running?.managementPort}${path}`)).text();
const record = async (journal: JournalWriter, ...numbers: number[]): Promise<void> => {
  for (const number of numbers) await recordWith(journal, [usageEventOf(number, Date.now())]);
};

/** Collects what the topic holds, as the billing meter does, until `stop`. */
async function collect(): Promise<{ readonly collector: SegmentCollector; readonly stop: () => Promise<void> }> {
  const collector = new SegmentCollector();
  const subscription = await log.subscribe({
    topics: [USAGE_SEGMENTS],
    start: { kind: 'positions', positions: [] },
    maxBatchSize: 100,
    onBatch: async (batch) => batch.forEach((event) => collector.take(event)),
    onFault: () => undefined,
  });
  return { collector, stop: () => subscription.close() };
}

it('hands usage to the real log, through its absence and through a restart', async () => {
  const { collector, stop: stopCollecting } = await collect();
  const first = await start();
  await record(first, 1, 2);
  await expect.poll(() => collector.numbers, { timeout: 20_000 }).toEqual([1, 2]);
  expect(await manage('/readyz?verbose')).toMatch(/\[\+\] usage-journal: all usage is handed over/);

  await server.pause();
  await record(first, 3);
  await expect
    .poll(() => manage('/readyz?verbose'))
    .toMatch(/\[\+\] usage-journal: segments that wait for the event log: 1/);
  expect(await manage('/metrics')).toContain('kakunin_usage_journal_unsent_segments 1');
  await record(first, 4);
  await stop();
  await server.resume();

  const second = await start();
  await record(second, 5);
  await expect.poll(() => collector.numbers, { timeout: 20_000 }).toEqual([1, 2, 3, 4, 5]);
  expect(collector.sequences).toEqual(collector.sequences.map((_, index) => BigInt(index + 1)));
  await stopCollecting();
});
