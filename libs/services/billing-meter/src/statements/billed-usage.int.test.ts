import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StatementLine } from '@kakunin/billing';
import type { BillingPeriod } from '@kakunin/calendar';
import { migrationsOf } from '@kakunin/postgres';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import pg, { type PoolClient } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { unbilledUsage, usageDifferences } from './billed-usage.ts';

const MIGRATIONS = migrationsOf('@kakunin/billing-meter');
const THIS = '20261125000300_statement_usage';
const october = '2026-10' as BillingPeriod;

let postgres: TestDatabases;
let client: PoolClient;
let pool: pg.Pool;
beforeAll(async () => {
  postgres = await sharedTestPostgres();
  pool = new pg.Pool({ connectionString: await postgres.createDatabase('billed') });
  client = await pool.connect();
  const apply = (name: string) => client.query(readFileSync(join(MIGRATIONS, name, 'migration.sql'), 'utf8'));
  for (const name of readdirSync(MIGRATIONS).sort()) if (/^\d/.test(name) && name < THIS) await apply(name);
  // What the statements themselves say is not looked at here.
  await client.query(`SET session_replication_role = replica;
    INSERT INTO usage_producer_day (producer, day, platform_provider, records, chargeable) VALUES
      ('j1', '2026-10-01', 'pf-a', 5, 4), ('j2', '2026-10-01', 'pf-a', 3, 3), ('j1', '2026-10-02', 'pf-a', 9, 0),
      ('j1', '2026-10-31', 'pf-a', 6, 6), ('j1', '2026-10-31', 'pf-b', 2, 2), ('j1', '2026-11-01', 'pf-a', 1, 1)`);
  for (const [period, ordinal, kind, quantity] of [
    ['2026-10', 1, 'usage', 5],
    ['2026-10', 2, 'minimum', 0],
    ['2026-11', 1, 'usage', 7],
  ])
    await client.query(
      `INSERT INTO statement_line (period, customer, ordinal, kind, service_provider, usage_period, tariff_id, tax_category,
         quantity, list_amount, waiver_amount, amount_due)
       VALUES ($1, 'pf-a', $2, $3, '', '2026-10', 't', 'standard', $4, 0, 0, 0)`,
      [period, ordinal, kind, quantity],
    );
  await apply(THIS);
});
afterAll(async () => {
  client.release();
  await pool.end();
  await postgres.stop();
});

it('usage of statements from before is dealt out to them in the order of its days', async () => {
  const { rows } = await client.query(
    `SELECT period, customer, day::text, producer, quantity::int FROM statement_usage ORDER BY period, day, producer`,
  );
  expect(rows.map((row) => Object.values(row as object).join(' '))).toEqual([
    '2026-10 pf-a 2026-10-01 j1 4',
    '2026-10 pf-a 2026-10-01 j2 1',
    '2026-11 pf-a 2026-10-01 j2 2',
    '2026-11 pf-a 2026-10-31 j1 5',
  ]);
});

it('what is on no statement yet is known by producer and day', async () => {
  expect(await unbilledUsage(client, 'pf-a', [october, '2026-11' as BillingPeriod])).toEqual([
    { day: '2026-10-31', producer: 'j1', quantity: 1n },
    { day: '2026-11-01', producer: 'j1', quantity: 1n },
  ]);
  expect(await unbilledUsage(client, 'pf-b', [october])).toEqual([{ day: '2026-10-31', producer: 'j1', quantity: 2n }]);
});

it('lines that bill more or less of a month than was counted keep it from being closed', () => {
  const line = (quantity: bigint, kind = 'usage'): StatementLine =>
    ({ kind, usagePeriod: october, quantity }) as StatementLine;
  const usage = [
    { day: '2026-10-01', producer: 'j1', quantity: 2n },
    { day: '2026-10-02', producer: 'j2', quantity: 1n },
  ];
  expect(usageDifferences('pf-a', [line(1n), line(2n), line(9n, 'minimum')], usage)).toEqual([]);
  const differs = { reason: 'usage_differs', customer: 'pf-a', period: october, counted: 3n };
  expect(usageDifferences('pf-a', [line(4n)], usage)).toEqual([{ ...differs, billed: 4n }]);
  expect(usageDifferences('pf-a', [], usage)).toEqual([{ ...differs, billed: 0n }]);
});
