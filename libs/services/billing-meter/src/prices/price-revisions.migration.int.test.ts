import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migrationsOf } from '@kakunin/postgres';
import { sharedTestPostgres, type TestDatabases } from '@kakunin/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';

let postgres: TestDatabases;
beforeAll(async () => void (postgres = await sharedTestPostgres()));
afterAll(() => postgres.stop());

it('makes first revisions of the tariffs and waivers that were there, as they stood', async () => {
  const client = new pg.Client({ connectionString: await postgres.createDatabase('before') });
  await client.connect();
  const apply = (name: string) =>
    client.query(readFileSync(join(migrationsOf('@kakunin/billing-meter'), name, 'migration.sql'), 'utf8'));
  await apply('20261101000100_prices');
  await client.query(`
    INSERT INTO tariff (id, customer, purpose, unit_price, valid_from, valid_to, recorded_at)
    VALUES ('own', 'pf-a', 'liveness_check', 3, '2026-01-01T00:00+09:00', '2027-01-01T00:00+09:00', '2026-02-03T04:05:06.789Z')`);
  await apply('20261123030000_price_revisions');
  const { rows } = await client.query(`
    SELECT kind, id, customer, service_provider, channel, purpose, valid_to, terms FROM price_revision ORDER BY kind, id`);
  expect(rows.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
    'tariff crl-free',
    'tariff ocsp-signature',
    'tariff ocsp-user-authentication',
    'tariff own',
    'waiver ocsp-fee-waiver',
  ]);
  expect(rows[3]).toEqual({
    kind: 'tariff',
    id: 'own',
    customer: 'pf-a',
    service_provider: null,
    channel: null,
    purpose: 'liveness_check',
    valid_to: new Date('2026-12-31T15:00:00Z'),
    terms: { price: { kind: 'unit', unitPrice: '3' }, taxCategory: 'non_taxable' },
  });
  const { rows: books } = await client.query('SELECT * FROM price_book');
  expect(books).toEqual([{ issuer: '', known_until: new Date('2026-02-03T04:05:06.789Z') }]);
  await client.end();
});
