import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOPICS } from '@kakunin/event-log';
import { PostgresEventLog } from '@kakunin/event-log-postgres';
import { Database, migrationsOf } from '@kakunin/postgres';
import { createLogger, readConfig, type RunningService, startService } from '@kakunin/runtime';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { billingMeter } from '../index.ts';
import { environmentOf, makeCertificate } from '../testing/environment.ts';
import { journalSegment } from '../testing/meter-under-test.ts';
import { usageEvent } from '../testing/usage-events.ts';

const PRODUCERS = 12;
const SEGMENTS_EACH = 10;
const RECORDS_EACH = 7;

const directory = mkdtempSync(join(tmpdir(), 'kakunin-two-meters-'));
let server: TestDatabases;
let database: Database;
const logs: PostgresEventLog[] = [];
const meters: RunningService[] = [];

beforeAll(async () => {
  makeCertificate(directory, 'server');
  server = await sharedTestPostgres();
  const url = await server.createDatabase('billing');
  database = new Database({ url, migrationsDirectory: migrationsOf('@kakunin/billing-meter') });
});
afterAll(async () => {
  await Promise.all(meters.map((meter) => meter.close()));
  await Promise.all(logs.map((log) => log.close()));
  await database.close();
  await server.stop();
  rmSync(directory, { recursive: true });
});

async function openLog(): Promise<PostgresEventLog> {
  const log = new PostgresEventLog({ url: await server.createDatabase('event_log') });
  logs.push(log);
  await log.whenReady();
  return log;
}

async function startMeter(): Promise<RunningService> {
  const config = readConfig(billingMeter.config, environmentOf(directory, server.url('billing')));
  const logger = createLogger('billing-meter', 'silent');
  const meter = await startService(billingMeter, { config, eventLog: await openLog(), logger });
  meters.push(meter);
  return meter;
}

const counted = async (): Promise<unknown> =>
  (await database.query('SELECT coalesce(sum(quantity), 0)::int AS n FROM usage_count')).rows[0]?.['n'];

const segments = Array.from({ length: SEGMENTS_EACH }, (_, index) =>
  Array.from({ length: PRODUCERS }, (_unused, producer) =>
    journalSegment(
      producer.toString(16).padStart(32, '0'),
      index + 1,
      Array.from({ length: RECORDS_EACH }, (_event, second) =>
        usageEvent({ time: usageEvent().time + second * 10_000 }),
      ),
    ),
  ),
).flat();

it('share the topic on a real event log and count each record once, while one of them leaves and all is sent twice', async () => {
  const log = await openLog();
  await log.createTopics(TOPICS);
  await database.whenReady();
  const [leaving] = await Promise.all([startMeter(), startMeter()]);
  const half = segments.length / 2;
  await log.append(segments.slice(0, half));
  await log.append(segments.toReversed().slice(0, half));
  meters.splice(meters.indexOf(leaving), 1);
  await Promise.all([leaving.close(), log.append(segments)]);
  await expect.poll(counted, { timeout: 30_000 }).toBe(segments.length * RECORDS_EACH);
  await expect
    .poll(
      async () => {
        const [end, done] = await Promise.all([
          log.endPositions('usage-segments'),
          log.committedPositions('usage-segments', 'billing-meter'),
        ]);
        const read = new Map(done.map(({ partition, nextOffset }) => [partition, nextOffset]));
        return end.every(({ partition, nextOffset }) => read.get(partition) === nextOffset);
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  expect(await counted()).toBe(segments.length * RECORDS_EACH);
});
