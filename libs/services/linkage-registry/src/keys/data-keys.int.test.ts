import { randomUUID } from 'node:crypto';
import type { IssuedCertificate } from '@kakunin/testing/test-ca';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RegistryWithPeople, startRegistryWithPeople } from '../testing/registry-with-people.ts';
import type { Resealed } from './resealing.ts';
import { SEALED_COLUMNS } from './sealed-columns.ts';

let registry: RegistryWithPeople;
let people: readonly IssuedCertificate[];
let client: pg.Client;
beforeAll(async () => {
  registry = await startRegistryWithPeople(['sp-a', 'sp-b']);
  people = await Promise.all(['ai', 'ue', 'oka'].map((name) => registry.issueTo(name)));
  client = new pg.Client(registry.databaseUrl);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await registry.close();
});

const ppids = () => Promise.all(people.map((each) => registry.ppid('sp-a', each)));
const holder = (name: string) => ({ authorityId: 'user-g1', holder: name });
const column = ({ table, column: name }: { table: string; column: string }): string => `${table}.${name}`;

it('knows all columns that hold something sealed', async () => {
  const { rows } = await client.query<{ table: string; column: string }>(
    `SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name LIKE '%\\_sealed'`,
  );
  expect(rows.map(column).sort()).toEqual(SEALED_COLUMNS.map(column).sort());
});

it('a data key is changed while the registry serves, and destroyed when nothing is sealed under it', async () => {
  const before = await ppids();
  await registry.ppid('sp-b', people[1]!);
  const merge = { requestId: randomUUID(), persons: [holder('oka'), holder('oka-twice')] };
  await registry.issueTo('oka-twice');
  await registry.ca('POST', '/persons/merges', merge);
  await registry.pf('GET', '/signing-keys');

  const rotated = await registry.operator<{ dataKeyId: number }>('POST', '/data-keys/rotations', {});
  const { dataKeyId } = rotated.body;
  expect(await ppids()).toEqual(before);
  expect(await registry.operator('POST', '/data-keys/destructions', { dataKeyId: 1 })).toMatchObject({
    status: 409,
    body: { code: 'data_key_in_use' },
  });
  const resealed: Resealed[] = [];
  for (let place: Resealed['next'] | undefined; resealed.at(-1)?.next || resealed.length === 0;) {
    const { body } = await registry.operator<Resealed>('POST', '/data-keys/resealings', place ? { place } : {});
    resealed.push(body);
    place = body.next;
  }
  const count = resealed.reduce((sum, each) => sum + each.resealed, 0);
  expect(count).toBeGreaterThan(people.length + 2);
  expect(resealed.at(-1)).toMatchObject({ done: resealed[0]!.pages });
  for (const { table, column: name } of SEALED_COLUMNS) {
    const { rows } = await client.query(`SELECT DISTINCT substring(${name} FROM 1 FOR 4) AS id FROM ${table}`);
    for (const { id } of rows as { id: Buffer | null }[]) if (id) expect(id.readUInt32BE()).toBe(dataKeyId);
  }
  await client.query('UPDATE data_key SET retired_at = 0 WHERE data_key_id = 1');
  expect((await registry.operator('POST', '/data-keys/destructions', { dataKeyId: 1 })).status).toBe(200);
  expect(await ppids()).toEqual(before);
  const { body } = await registry.operator('GET', '/data-keys');
  expect(body).toContainEqual(
    expect.objectContaining({ dataKeyId: 1, destroyedAt: expect.any(Number), rootKeyIds: [] }),
  );
  expect(body).toContainEqual(
    expect.objectContaining({ dataKeyId, purpose: 'sealing', rootKeyIds: [expect.any(String)] }),
  );
  expect((await registry.operator('POST', '/data-keys/root-key-retirements', {})).body).toEqual({ removed: 0 });
  expect(await registry.ca('GET', '/data-keys')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});
