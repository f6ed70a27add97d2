import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventIdentity, type EventRecord } from '@kakunin/event-log';
import { Database } from '@kakunin/postgres';
import { InMemoryEventLog } from '@kakunin/testing/in-memory-event-log';
import { startTestPostgres, type TestPostgres } from '@kakunin/testing/postgres';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { appendToOutbox } from './append-to-outbox.ts';
import { type CaughtUp, OutboxRelay, type OutboxRelayOptions } from './outbox-relay.ts';

const TOPIC = 'certificate-events';
const clock = { now: () => Date.now() };
let server: TestPostgres;
beforeAll(async () => void (server = await startTestPostgres()));
afterAll(() => server.stop());
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function setUp(name: string) {
  const migrationsDirectory = mkdtempSync(join(tmpdir(), 'kakunin-outbox-'));
  mkdirSync(join(migrationsDirectory, '20260101000000_outbox'));
  const sql = readFileSync(fileURLToPath(new URL('../prisma/outbox.sql', import.meta.url)));
  writeFileSync(join(migrationsDirectory, '20260101000000_outbox', 'migration.sql'), sql);
  const database = new Database({ url: await server.createDatabase(name), migrationsDirectory, maxConnections: 20 });
  await database.whenReady();
  closing.push(() => database.close());
  const eventLog = new InMemoryEventLog([{ name: TOPIC, partitions: 2 }]);
  const relay = (options: Partial<OutboxRelayOptions> = {}): OutboxRelay => {
    const made = new OutboxRelay({ database, eventLog, clock, pollMilliseconds: 50, ...options });
    closing.push(() => made.close());
    made.start();
    return made;
  };
  return { database, eventLog, relay, seen: await recordsOf(eventLog) };
}

async function recordsOf(eventLog: InMemoryEventLog): Promise<EventRecord[]> {
  const seen: EventRecord[] = [];
  const subscription = await eventLog.subscribe({
    topics: [TOPIC],
    start: { kind: 'positions', positions: [] },
    maxBatchSize: 100,
    onBatch: async (batch) => void seen.push(...batch),
    onFault: () => undefined,
  });
  closing.push(() => subscription.close());
  return seen;
}

/** As soon as it is so; half a minute is for machines with other things to do. */
const soon = <T>(check: () => T | Promise<T>): Promise<T> => vi.waitFor(check, 30_000);

const event = (key: string, n: number) => ({ topic: TOPIC, key, value: { n } });
const numbersOf = (records: readonly EventRecord[], key: string): number[] =>
  records
    .filter((record) => record.key === key)
    .map(({ value }) => (JSON.parse(Buffer.from(value).toString()) as { n: number }).n);

it('publishes what commits, in order, once, and nothing of what is rolled back', async () => {
  const { database, relay, seen } = await setUp('order');
  relay();
  await database.transaction((client) => appendToOutbox(client, [event('a', 1), event('b', 2), event('a', 3)]));
  const failing = database.transaction(async (client) => {
    await appendToOutbox(client, [event('a', 99)]);
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
  await database.transaction((client) => appendToOutbox(client, [event('a', 4)]));
  await soon(() => expect(seen.length).toBe(4));
  expect(numbersOf(seen, 'a')).toEqual([1, 3, 4]);
  const identities = seen.map((record) => eventIdentity(record));
  expect(new Set(identities.map(({ producer }) => producer)).size).toBe(1);
  expect(new Set(identities.map(({ sequence }) => sequence)).size).toBe(4);
  await soon(async () => expect((await database.query('SELECT 1 FROM outbox_event')).rowCount).toBe(0));
});

it('keeps the order of commits for each key when many write at once', async () => {
  const { database, relay, seen } = await setUp('concurrent');
  await database.query('CREATE TABLE counter (key text PRIMARY KEY, n int NOT NULL)');
  await database.query(`INSERT INTO counter VALUES ('a', 0), ('b', 0)`);
  relay({ batchSize: 7 });
  const increment = (key: string): Promise<void> =>
    database.transaction(async (client) => {
      const { rows } = await client.query<{ n: number }>('UPDATE counter SET n = n + 1 WHERE key = $1 RETURNING n', [
        key,
      ]);
      await appendToOutbox(client, [event(key, rows[0]!.n)]);
    });
  await Promise.all(Array.from({ length: 200 }, (_, i) => increment(i % 2 ? 'a' : 'b')));
  await soon(() => expect(seen.length).toBe(200));
  const upTo100 = Array.from({ length: 100 }, (_, i) => i + 1);
  expect(numbersOf(seen, 'a')).toEqual(upTo100);
  expect(numbersOf(seen, 'b')).toEqual(upTo100);
});

it('passes over none that commits after one with a higher number', async () => {
  const { database, relay, seen } = await setUp('late');
  relay();
  await database.transaction(async (client) => {
    await appendToOutbox(client, [event('slow', 1)]);
    await database.transaction((other) => appendToOutbox(other, [event('quick', 2)]));
    await soon(() => expect(numbersOf(seen, 'quick')).toEqual([2]));
  });
  await soon(() => expect(numbersOf(seen, 'slow')).toEqual([1]));
  const [quick, slow] = seen.map((record) => eventIdentity(record).sequence);
  expect(slow! < quick!).toBe(true);
});

it('one of two relays leads; the other takes over', async () => {
  const { database, relay, seen } = await setUp('leaders');
  const [first, second] = [relay(), relay()];
  await soon(() => expect(first.leads || second.leads).toBe(true));
  expect(first.leads && second.leads).toBe(false);
  const [leader, standby] = first.leads ? [first, second] : [second, first];
  await leader.close();
  await soon(() => expect(standby.leads).toBe(true));
  await database.transaction((client) => appendToOutbox(client, [event('a', 1)]));
  await soon(() => expect(seen.length).toBe(1));
});

it('waits for a log that is away, and for a database that is away', async () => {
  const { database, eventLog, relay, seen } = await setUp('away');
  const made = relay();
  await soon(() => expect(made.leads).toBe(true));
  eventLog.away = true;
  await database.transaction((client) => appendToOutbox(client, [event('a', 1)]));
  await soon(() => expect(made.fault).toBeDefined());
  eventLog.away = false;
  await soon(() => expect(numbersOf(seen, 'a')).toEqual([1]));
  await server.pause();
  await soon(() => expect(made.fault).toBeDefined());
  await server.resume();
  // It may lead still, as it did before: that the fault is gone says that it was there again.
  await soon(() => expect(made.fault).toBeUndefined());
  await soon(() => expect(made.leads).toBe(true));
});

it('gives up a connection that answers no more, and with it the lead', async () => {
  const { database, relay, seen } = await setUp('silent');
  const made = relay({ answerMilliseconds: 200 });
  await soon(() => expect(made.leads).toBe(true));
  await database.transaction(async (client) => {
    await client.query('LOCK TABLE outbox_event');
    await soon(() => expect(made.fault).toContain('timeout'));
    expect(made.leads).toBe(false);
  });
  await database.transaction((client) => appendToOutbox(client, [event('a', 1)]));
  await soon(() => expect(numbersOf(seen, 'a')).toEqual([1]));
});

it('appends again, with the same identity, what the log took without saying so', async () => {
  const { database, eventLog, relay, seen } = await setUp('twice');
  const append = eventLog.append.bind(eventLog);
  vi.spyOn(eventLog, 'append').mockImplementationOnce(async (events) => {
    await append(events);
    throw new Error('the connection broke before the acknowledgement');
  });
  relay();
  await database.transaction((client) => appendToOutbox(client, [event('a', 1)]));
  await soon(() => expect(seen.length).toBe(2));
  const [first, second] = seen.map((record) => eventIdentity(record));
  expect(second).toEqual(first);
});

it('says how far the log is only when everything committed before is there', async () => {
  const { database, relay, eventLog } = await setUp('caught-up');
  const said: (CaughtUp & { readonly appended: bigint })[] = [];
  const total = async (): Promise<bigint> =>
    (await eventLog.endPositions(TOPIC)).reduce((sum, { nextOffset }) => sum + nextOffset, 0n);
  const committed: number[] = [];
  relay({
    batchSize: 3,
    trackedTopics: [TOPIC],
    onCaughtUp: async (caughtUp) => void said.push({ ...caughtUp, appended: await total() }),
  });
  for (let n = 0; n < 40; n++) {
    await database.transaction((client) => appendToOutbox(client, [event('a', n), event('b', n)]));
    committed.push(Date.now());
  }
  await soon(async () => expect(said.at(-1)?.appended).toBe(80n));
  for (const { at, positions } of said) {
    const there = positions.reduce((sum, { nextOffset }) => sum + nextOffset, 0n);
    expect(Number(there)).toBeGreaterThanOrEqual(2 * committed.filter((when) => when < at).length);
  }
  expect(said.at(-1)!.positions).toHaveLength(2);
});

it('uses no number again after the restore of an older database, done as the runbook says', async () => {
  const { database, relay, seen } = await setUp('restored');
  await database.transaction((client) => appendToOutbox(client, [event('a', 1)]));
  const runbook = readFileSync(new URL('../../../../docs/runbooks/restore-registry.md', import.meta.url), 'utf8');
  await database.query(/```sql\n([^]+?)```/.exec(runbook)![1]!);
  await database.transaction((client) => appendToOutbox(client, [event('a', 2)]));
  relay();
  await soon(() => expect(numbersOf(seen, 'a')).toEqual([1, 2]));
  const [before, after] = seen.map((record) => eventIdentity(record));
  // What waited keeps its identity, by which followers know whether they have it.
  expect([before!.sequence, after!.producer]).toEqual([1n, before!.producer]);
  expect(after!.sequence).toBeGreaterThan(1_000_000_000_000n);
});
