import type { PoolClient } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Addressees } from '../news/addressees.ts';
import { loadCircle } from '../persons/circle.store.ts';
import { type RegistryUnderTest, startRegistry } from '../testing/registry-under-test.ts';
import { RegistryDatabase } from './registry-database.ts';

const CERTIFICATES = 20_000;

/** Two certificates a person, both shown to somebody, the second took the place of the first; as the planner finds them in a real registry. */
const PEOPLE = `
  INSERT INTO person (holder_index, person_key_sealed, minted_at)
    SELECT sha256(int4send(i)), '', 0 FROM generate_series(1, ${CERTIFICATES / 2}) AS i;
  INSERT INTO certificate (authority_id, serial_index, carrier, not_after, status, status_since, person_id)
    SELECT 'none', sha256(int4send(i)), 'card', 0, 'good', 0, (i + 1) / 2 FROM generate_series(1, ${CERTIFICATES}) AS i;
  INSERT INTO succession (successor_id, predecessor_id, recorded_at)
    SELECT max(certificate_id), min(certificate_id), 0 FROM certificate GROUP BY person_id;
  INSERT INTO presentation (certificate_id, service_provider, key_id, given_at)
    SELECT certificate_id, 'sp-a', person_id, 0 FROM certificate;
  ANALYZE`;

let registry: RegistryUnderTest;
beforeAll(async () => {
  registry = await startRegistry();
  await registry.operator('PUT', '/relying-parties/pf-a', { name: 'PF', kind: 'platform_provider', roles: [] });
  const party = { name: 'SP', kind: 'service_provider', platformProvider: 'pf-a', roles: [] };
  await registry.operator('PUT', '/relying-parties/sp-a', party);
  await registry.service.app.get(RegistryDatabase).query(PEOPLE);
});
afterAll(() => registry.close());

const READ = `SELECT sum(seq_tup_read)::int AS read FROM pg_stat_xact_user_tables
  WHERE relname ~ '^(certificate_\\d|succession|presentation)'`;

/** How many rows a work has read by going through whole tables; the connection counts what it did before as well. */
const readWhole = (work: (client: PoolClient) => Promise<unknown>): Promise<number> =>
  registry.service.app.get(RegistryDatabase).transaction(async (client) => {
    const read = async () => (await client.query<{ read: number }>(READ)).rows[0]!.read;
    const before = await read();
    await work(client);
    return (await read()) - before;
  });

it('is no whole table, for persons that hang together', async () => {
  expect(await readWhole((client) => loadCircle(client, ['11', '17']))).toBe(0);
});

it('is no whole table, for news of a batch', async () => {
  const some = Array.from({ length: 500 }, (_, index) => String(index * 7 + 1));
  const addressees = registry.service.app.get(Addressees);
  expect(await readWhole((client) => addressees.of(client, some))).toBe(0);
});
