import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestPostgres, type TestPostgres } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Database } from './database.ts';

let server: TestPostgres;
beforeAll(async () => void (server = await startTestPostgres()));
afterAll(() => server.stop());

function migrations(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'kakunin-migrations-'));
  for (const [name, sql] of Object.entries(files)) {
    mkdirSync(join(directory, name));
    writeFileSync(join(directory, name, 'migration.sql'), sql);
  }
  return directory;
}

it('applies each migration once, also when two processes start together', async () => {
  const url = await server.createDatabase('once');
  const migrationsDirectory = migrations({ '20260101000000_a': 'CREATE TABLE a (n int); INSERT INTO a VALUES (1);' });
  const databases = [new Database({ url, migrationsDirectory }), new Database({ url, migrationsDirectory })];
  await Promise.all(databases.map((database) => database.whenReady()));
  const { rows } = await databases[0]!.query('SELECT n FROM a');
  expect(rows).toEqual([{ n: 1 }]);
  await Promise.all(databases.map((database) => database.close()));
});

it('lets the server find out soon that a machine which held locks has vanished', async () => {
  const url = await server.createDatabase('keepalive');
  const database = new Database({ url, migrationsDirectory: migrations({ '20260101000000_a': 'SELECT 1' }) });
  await database.whenReady();
  const { rows } = await database.query(`SELECT current_setting('tcp_keepalives_idle')::int AS idle`);
  expect(rows).toEqual([{ idle: 15 }]);
  await database.close();
});

it('lets one at a time hold a lock, until its work is done, has failed, or its connection is gone', async () => {
  const url = await server.createDatabase('locks');
  const migrationsDirectory = migrations({ '20260101000000_a': 'SELECT 1' });
  const [one, other] = [new Database({ url, migrationsDirectory }), new Database({ url, migrationsDirectory })];
  await Promise.all([one.whenReady(), other.whenReady()]);
  const tryOther = (name = 'lock') => other.withLock(name, async () => 'held');
  const held = await one.withLock('lock', async () => [await tryOther(), await tryOther('another lock')]);
  expect(held).toEqual({ result: [undefined, { result: 'held' }] });
  expect(await tryOther()).toEqual({ result: 'held' });
  await expect(one.withLock('lock', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await tryOther()).toEqual({ result: 'held' });
  const broken = one.withLock('lock', (client) => client.query('SELECT pg_terminate_backend(pg_backend_pid())'));
  await expect(broken).rejects.toMatchObject({ code: 'database_unavailable' });
  expect(await tryOther()).toEqual({ result: 'held' });
  // Whose lock could not be given back ends its connection, which gives it back.
  const unlockFails = one.withLock('lock', async (client) => {
    vi.spyOn(client, 'query').mockRejectedValueOnce(new Error('out of memory') as never);
    throw new Error('failed');
  });
  await expect(unlockFails).rejects.toThrow('failed');
  await expect.poll(() => tryOther()).toEqual({ result: 'held' });
  await Promise.all([one.close(), other.close()]);
});

it('speaks of instants in UTC, whatever zone the database is set to', async () => {
  const url = await server.createDatabase('zone');
  const database = new Database({
    url,
    migrationsDirectory: migrations({ '20260101000000_a': `ALTER DATABASE zone SET timezone TO 'Asia/Tokyo'` }),
  });
  await database.whenReady();
  await database.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => undefined);
  const { rows } = await database.query(`SELECT '2026-10-31T15:00:00Z'::timestamptz::text AS instant`);
  expect(rows).toEqual([{ instant: '2026-10-31 15:00:00+00' }]);
  await database.close();
});

it('refuses a migration that was changed after it was applied', async () => {
  const url = await server.createDatabase('changed');
  const first = new Database({ url, migrationsDirectory: migrations({ '20260101000000_a': 'SELECT 1' }) });
  await first.whenReady();
  await first.close();
  const second = new Database({ url, migrationsDirectory: migrations({ '20260101000000_a': 'SELECT 2' }) });
  await expect(second.whenReady()).rejects.toMatchObject({ code: 'migration_changed' });
  await second.close();
});

it('rolls a failing migration back whole and says which it was', async () => {
  const url = await server.createDatabase('failing');
  const migrationsDirectory = migrations({ '20260101000000_bad': 'CREATE TABLE b (n int); SELECT nonsense;' });
  const database = new Database({ url, migrationsDirectory });
  await expect(database.whenReady()).rejects.toMatchObject({
    code: 'migration_failed',
    message: expect.stringContaining('20260101000000_bad'),
  });
  const { rows } = await database.pool.query("SELECT to_regclass('b') AS b");
  expect(rows).toEqual([{ b: null }]);
  await database.close();
});

it('says that the database is away, and works again when it is back', async () => {
  const url = await server.createDatabase('away');
  await server.pause();
  const database = new Database({ url, migrationsDirectory: migrations({ '20260101000000_a': 'CREATE TABLE a ()' }) });
  await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'database_unavailable' });
  await server.resume();
  await database.whenReady();
  await expect(database.query('SELECT 1')).resolves.toBeDefined();
  await server.pause();
  await expect(database.transaction((client) => client.query('SELECT 1'))).rejects.toMatchObject({
    code: 'database_unavailable',
  });
  expect(database.fault).toBeDefined();
  await server.resume();
  await database.ping();
  expect(database.fault).toBeUndefined();
  await database.close();
});

it('tells a database that is busy from one that is away', async () => {
  const url = await server.createDatabase('busy');
  const migrationsDirectory = migrations({ '20260101000000_a': 'CREATE TABLE a (n int)' });
  const database = new Database({ url, migrationsDirectory, maxConnections: 2, patienceMilliseconds: 200 });
  await database.whenReady();
  await database.withClient(async (holder) => {
    await holder.query('BEGIN; LOCK TABLE a');
    const waits = database.transaction(async (client) => {
      await client.query(`SET LOCAL lock_timeout = '500ms'`);
      await client.query('SELECT * FROM a');
    });
    await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'database_busy' });
    expect(database.fault).toBeUndefined();
    await expect(waits).rejects.toMatchObject({ code: 'database_busy' });
    await holder.query('ROLLBACK');
  });
  expect((await database.query('SELECT * FROM a')).rows).toEqual([]);
  await database.close();
});

it('rolls back what throws', async () => {
  const url = await server.createDatabase('rollback');
  const database = new Database({
    url,
    migrationsDirectory: migrations({ '20260101000000_a': 'CREATE TABLE a (n int)' }),
  });
  await database.whenReady();
  const work = database.transaction(async (client) => {
    await client.query('INSERT INTO a VALUES (1)');
    throw new Error('no');
  });
  await expect(work).rejects.toThrow('no');
  expect((await database.query('SELECT * FROM a')).rows).toEqual([]);
  await database.close();
});

it('tells of a lost connection without the connection itself, and says nothing of those that closing loses', async () => {
  const url = await server.createDatabase('lost');
  const faults: unknown[] = [];
  const migrationsDirectory = migrations({ '20260101000000_a': 'CREATE TABLE a ()' });
  const database = new Database({ url, migrationsDirectory, onFault: (error) => faults.push(error) });
  await database.whenReady();
  await server.pause();
  await expect.poll(() => faults.length).toBeGreaterThan(0);
  expect(faults).not.toContainEqual(expect.objectContaining({ client: expect.anything() }));
  await server.resume();
  await database.ping();
  const told = faults.length;
  const closed = database.close();
  database.pool.emit(
    'error',
    Object.assign(new Error('terminating connection'), { code: '57P01' }),
    undefined as never,
  );
  await closed;
  expect(faults).toHaveLength(told);
});
