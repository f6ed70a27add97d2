import { EventLogError, type EventRecord, type TopicDeclaration } from '@kakunin/event-log';
import { eventLogContract, startTestPostgres, type TestPostgres } from '@kakunin/testing';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PostgresEventLog } from './postgres-event-log.ts';

let server: TestPostgres;
let url: string;
beforeAll(async () => {
  server = await startTestPostgres();
  url = await server.createDatabase('kakunin_event_log');
});
afterAll(() => server.stop());

const opened: PostgresEventLog[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((log) => log.close()))));

const poll = { listeningMilliseconds: 1_000, deafMilliseconds: 100 };

async function open(): Promise<PostgresEventLog> {
  const log = new PostgresEventLog({ url, poll });
  opened.push(log);
  await log.whenReady();
  return log;
}

const topic = (name: string, more: Partial<TopicDeclaration> = {}): TopicDeclaration => ({
  name,
  key: 'any',
  partitions: 2,
  retention: 'forever',
  schema: 'any',
  ...more,
});

async function sql<R extends object>(text: string, values: unknown[] = []): Promise<readonly R[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R & Record<string, unknown>>(text, values)).rows;
  } finally {
    await client.end();
  }
}

const event = (name: string, key: string, n: number) => ({
  topic: name,
  key,
  value: Buffer.from(`${n}`),
  headers: { producer: 'test', sequence: `${n}` },
});

const eventually = (condition: () => unknown) =>
  vi.waitFor(async () => expect(await condition()).toBeTruthy(), { timeout: 20_000, interval: 20 });

describe('contract', () => {
  eventLogContract(() => ({ open, pause: () => server.pause(), resume: () => server.resume() }));
});

it('numbers a partition without gaps, and shows events in that order, however many append at once', async () => {
  const logs = [await open(), await open(), await open()];
  await logs[0]?.createTopics([topic('dense'), topic('dense-too')]);
  const seen: EventRecord[] = [];
  await logs[0]?.subscribe({
    topics: ['dense', 'dense-too'],
    start: { kind: 'positions', positions: [] },
    maxBatchSize: 7,
    onBatch: async (batch) => void seen.push(...batch),
    onFault: () => undefined,
  });
  // Every append touches several partitions, in another order each: without a fixed order of locks they would deadlock.
  const names = ['dense', 'dense-too'];
  const appends = Array.from({ length: 90 }, (_, n) => {
    const events = Array.from({ length: 8 }, (_v, i) => event(names[(n + i) % 2] ?? 'dense', `${n % 5}-${i}`, n));
    return logs[n % 3]?.append(n % 2 ? events : events.toReversed());
  });
  await Promise.all(appends);
  await eventually(() => seen.length === 720);
  const offsets = Map.groupBy(seen, (record) => `${record.topic}/${record.partition}`);
  for (const records of offsets.values()) {
    expect(records.map(({ offset }) => offset)).toEqual(records.map((_, n) => BigInt(n)));
  }
});

it('removes what is older than its topic keeps it, and readers go on behind it', async () => {
  const log = new PostgresEventLog({ url, poll, pruneIntervalMilliseconds: 50 });
  opened.push(log);
  await log.whenReady();
  await log.createTopics([topic('short', { partitions: 1, retention: 3_600_000 }), topic('kept', { partitions: 1 })]);
  await log.append([0, 1, 2].flatMap((n) => [event('short', 'a', n), event('kept', 'a', n)]));
  await sql(
    `UPDATE event_log_event SET appended_at = now() - interval '2 hours' WHERE topic IN ('short', 'kept') AND "offset" < 2`,
  );
  const count = async (name: string) =>
    Number((await sql<{ n: string }>('SELECT count(*) AS n FROM event_log_event WHERE topic = $1', [name]))[0]?.n);
  await eventually(async () => (await count('short')) === 1);
  expect(await count('kept')).toBe(3);
  const read: bigint[] = [];
  await log.subscribe({
    topics: ['short'],
    start: { kind: 'group', group: 'g' },
    maxBatchSize: 10,
    onBatch: async (batch) => void read.push(...batch.map(({ offset }) => offset)),
    onFault: () => undefined,
  });
  await eventually(() => read.length === 1);
  await sql(`UPDATE event_log_event SET appended_at = now() - interval '2 hours' WHERE topic = 'short'`);
  await eventually(async () => (await count('short')) === 0);
  await log.append([event('short', 'a', 3)]);
  await eventually(() => read.length === 2);
  expect(read).toEqual([2n, 3n]);
});

it('a member whose connection is cut comes back, commits, and loses nothing', async () => {
  const log = await open();
  await log.createTopics([topic('cut')]);
  const seen = new Set<string | undefined>();
  const faults: unknown[] = [];
  await log.subscribe({
    topics: ['cut'],
    start: { kind: 'group', group: 'g' },
    maxBatchSize: 5,
    onBatch: async (batch) => batch.forEach(({ headers }) => seen.add(headers['sequence'])),
    onFault: (error) => faults.push(error),
  });
  for (let n = 0; n < 60; n++) {
    await vi.waitFor(() => log.append([event('cut', `${n % 3}`, n)]), { timeout: 20_000 });
    if (n % 20 === 10)
      await sql(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
      );
  }
  await eventually(() => seen.size === 60);
  await eventually(async () => {
    const [ends, committed] = [await log.endPositions('cut'), await log.committedPositions('cut', 'g')];
    return ends.every(({ nextOffset }, n) => committed[n]?.nextOffset === nextOffset);
  });
  expect(faults.every((fault) => fault instanceof EventLogError && fault.code === 'unavailable')).toBe(true);
});

it('starts while its database is away', async () => {
  await server.pause();
  const faults: unknown[] = [];
  const log = new PostgresEventLog({ url, poll, onFault: (error) => faults.push(error) });
  opened.push(log);
  await expect(log.endPositions('late')).rejects.toMatchObject({ code: 'unavailable' });
  await eventually(() => faults.length > 0);
  await server.resume();
  await log.whenReady();
  expect(await log.createTopics([topic('late')])).toEqual(['late']);
});

it('refuses a key that the database cannot keep', async () => {
  const log = await open();
  await log.createTopics([topic('keys')]);
  await expect(log.append([event('keys', 'a\u0000b', 0)])).rejects.toMatchObject({ code: 'invalid_event' });
});
