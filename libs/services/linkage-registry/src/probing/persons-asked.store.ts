import { randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Queries } from '../database/queries.ts';
import type { Vault } from '../keys/vault.ts';

const ownerOf = (day: string): string => `counting day ${day}`;

/** The key of a day, made when it begins; those of days before yesterday are destroyed, with all that was counted under them. */
export async function keyOfDay(queries: Queries, vault: Vault, day: string): Promise<Uint8Array> {
  await queries.query(`DELETE FROM counting_day WHERE day < $1::date - 1`, [day]);
  await queries.query('INSERT INTO counting_day (day, key_sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    day,
    vault.seal(ownerOf(day), randomBytes(32)),
  ]);
  const { rows } = await queries.query<{ key_sealed: Buffer }>('SELECT key_sealed FROM counting_day WHERE day = $1', [
    day,
  ]);
  return vault.open(ownerOf(day), rows[0]!.key_sealed);
}

/** What all processes have counted. */
export async function readCounter(queries: Queries, day: string, caller: string): Promise<Uint8Array | undefined> {
  const { rows } = await queries.query<{ counter: Buffer }>(
    'SELECT counter FROM persons_asked WHERE day = $1 AND caller = $2',
    [day, caller],
  );
  return rows[0]?.counter;
}

/** Until the transaction ends nobody else counts for this caller. */
export async function lockCounter(client: PoolClient, day: string, caller: string): Promise<Uint8Array | undefined> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('persons asked ' || $1, 0))`, [caller]);
  return readCounter(client, day, caller);
}

export async function writeCounter(
  client: PoolClient,
  { day, caller, counter }: { readonly day: string; readonly caller: string; readonly counter: Uint8Array },
): Promise<void> {
  await client.query(
    `INSERT INTO persons_asked (day, caller, counter) VALUES ($1, $2, $3)
     ON CONFLICT (day, caller) DO UPDATE SET counter = excluded.counter`,
    [day, caller, counter],
  );
}
