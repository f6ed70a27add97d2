import { Database, migrationsOf } from '@kakunin/postgres';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrlNumbers } from './crl-numbers.store.ts';

let postgres: TestDatabases;
let databases: Database[];
/** Of two processes. */
let one: CrlNumbers;
let two: CrlNumbers;

beforeAll(async () => {
  postgres = await sharedTestPostgres();
  const url = await postgres.createDatabase('kakunin_crl_publisher');
  databases = [1, 2].map(() => new Database({ url, migrationsDirectory: migrationsOf('@kakunin/crl-publisher') }));
  await Promise.all(databases.map((database) => database.whenReady()));
  [one, two] = databases.map((database) => new CrlNumbers(database, { now: () => 0 })) as [CrlNumbers, CrlNumbers];
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
  await postgres.stop();
});

const allocate = (numbers: CrlNumbers, authorityId: string, published = 0n) =>
  numbers.reserve(authorityId, (reservation) => reservation.allocate(published));

describe('CrlNumbers', () => {
  it('grow by one, whoever allots them', async () => {
    expect([await allocate(one, 'a'), await allocate(two, 'a'), await allocate(one, 'a')]).toEqual([1n, 2n, 3n]);
  });

  it('stay above what is published, and above what was allotted', async () => {
    expect(await allocate(one, 'b', 2n ** 150n)).toBe(2n ** 150n + 1n);
    expect(await allocate(one, 'b', 5n)).toBe(2n ** 150n + 2n);
  });

  it('let one publisher at a time work for an authority, and others for others', async () => {
    const outcome = await one.reserve('c', async () => ({
      same: await two.reserve('c', () => Promise.resolve('in')),
      other: await two.reserve('d', () => Promise.resolve('in')),
    }));
    expect(outcome).toEqual({ same: 'reserved_elsewhere', other: 'in' });
  });

  it('let the authority go when the work fails', async () => {
    await expect(one.reserve('e', () => Promise.reject(new Error('no key')))).rejects.toThrow('no key');
    expect(await two.reserve('e', () => Promise.resolve('in'))).toBe('in');
  });

  it('tell who holds the lock that it is lost', async () => {
    const lost = one.reserve('f', async ({ confirm }) => {
      await databases[1]?.query(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()",
      );
      await confirm();
    });
    await expect(lost).rejects.toMatchObject({ code: 'database_unavailable' });
    expect(await two.reserve('f', () => Promise.resolve('in'))).toBe('in');
  });
});
