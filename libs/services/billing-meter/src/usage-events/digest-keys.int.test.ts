import { Database, migrationsOf } from '@kakunin/postgres';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jst } from '../testing/usage-events.ts';
import { DigestKeys } from './digest-keys.ts';

const OBJECTION_DAYS = 180;
let server: TestDatabases;
let database: Database;
let now = jst('2026-11-23T12:00:00');
let keys: DigestKeys;

beforeAll(async () => {
  server = await sharedTestPostgres();
  const url = await server.createDatabase('digests');
  database = new Database({ url, migrationsDirectory: migrationsOf('@kakunin/billing-meter') });
  await database.whenReady();
  keys = new DigestKeys(database, { now: () => now }, OBJECTION_DAYS);
});
afterAll(async () => {
  await database.close();
  await server.stop();
});

const ofYears = async (...years: string[]): Promise<Record<string, string>> => {
  const found = await database.transaction((client) => keys.ofYears(client, years));
  return Object.fromEntries([...found].map(([year, key]) => [year, key.toString('hex')]));
};
const stored = async (): Promise<number> =>
  (await database.query('SELECT 1 FROM usage_digest_key WHERE key IS NOT NULL')).rows.length;

it('makes a key of each year once, the same for all who ask', async () => {
  const [one, other] = await Promise.all([ofYears('2026', '2027'), ofYears('2027', '2026', '2026')]);
  expect(one).toEqual(other);
  expect(Object.values(one)).toEqual([
    expect.stringMatching(/^[0-9a-f]{64}$/),
    expect.stringMatching(/^[0-9a-f]{64}$/),
  ]);
  expect(one['2026']).not.toBe(one['2027']);
});

it('makes none of a year whose objection period has passed', async () => {
  expect(await ofYears('2024', '2025')).toEqual({});
  expect(await stored()).toBe(2);
});

it('destroys a key, and what is left of certificates in quarantine, when the objection period ends', async () => {
  const refused = { id: '1', data: { certificateKey: 'k', outcome: 'good' } };
  await database.query(
    `INSERT INTO usage_event_quarantine (tenant, key, accepted_sha256, refused_sha256, refused, refused_at)
     VALUES ('pf-a', 'k', 'a', 'r', $1, $2)`,
    [refused, new Date(jst('2026-12-31T23:59:59.999'))],
  );
  const quarantined = async (): Promise<unknown> =>
    (await database.query<{ refused: unknown }>('SELECT refused FROM usage_event_quarantine')).rows[0]?.refused;
  now = jst('2027-06-29T23:59:59.999');
  await keys.destroyOld();
  expect([await stored(), await quarantined()]).toEqual([2, refused]);
  now = jst('2027-06-30T00:00:00.000');
  await keys.destroyOld();
  expect([await stored(), await quarantined()]).toEqual([1, { id: '1', data: { outcome: 'good' } }]);
  expect(Object.keys(await ofYears('2026', '2027'))).toEqual(['2027']);
});
