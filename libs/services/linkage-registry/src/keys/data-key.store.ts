import type { PoolClient } from 'pg';
import type { Queries } from '../database/queries.ts';
import { derivedDataKeys, type DataKey, type KeyPurpose, newDataKeys } from './data-keys.ts';
import type { FileRootKey } from './file-root-key.ts';
import type { RootKey } from './root-key.ts';

/** A data key as it is kept: under one root key or, while that is changed, under two. */
export interface WrappedKey {
  readonly data_key_id: number;
  readonly purpose: KeyPurpose;
  readonly retired: boolean;
  readonly root_key_id: string;
  readonly wrapped: Buffer;
}

/** What binds a wrapping to its place. */
export const useOf = (dataKeyId: number, purpose: KeyPurpose): string => `data key ${dataKeyId} ${purpose}`;

export async function wrappedKeys(client: Queries): Promise<readonly WrappedKey[]> {
  const { rows } = await client.query<WrappedKey>(
    `SELECT data_key_id, purpose, retired_at IS NOT NULL AS retired, root_key_id, wrapped
     FROM data_key JOIN data_key_wrapping USING (data_key_id) ORDER BY data_key_id, root_key_id`,
  );
  return rows;
}

export async function insertDataKey(client: Queries, key: DataKey, now: number): Promise<void> {
  await client.query('INSERT INTO data_key (data_key_id, purpose, created_at) VALUES ($1, $2, $3)', [
    key.dataKeyId,
    key.purpose,
    now,
  ]);
}

export async function insertWrapping(client: Queries, root: RootKey, key: DataKey): Promise<void> {
  const wrapped = await root.wrap(useOf(key.dataKeyId, key.purpose), key.octets);
  await client.query(
    'INSERT INTO data_key_wrapping (data_key_id, root_key_id, wrapped) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [key.dataKeyId, root.rootKeyId, wrapped],
  );
}

/** Whoever changes data keys holds this until its transaction ends. */
export const lockDataKeys = (client: PoolClient): Promise<unknown> =>
  client.query(`SELECT pg_advisory_xact_lock(hashtextextended('registry data keys', 0))`);

/**
 * The keys with which a database begins: its own random ones, or, when it was begun before there were envelopes, those
 * that its root key gives.
 * @returns undefined when that root key is none of `roots`
 */
export async function firstDataKeys(
  client: PoolClient,
  roots: readonly FileRootKey[],
  random: (octets: number) => Uint8Array,
): Promise<readonly DataKey[] | undefined> {
  const { rows } = await client.query<{ key_check: Buffer }>('SELECT key_check FROM root_key');
  if (!rows[0]) return newDataKeys(random);
  const root = roots.find(({ keyCheck }) => keyCheck.equals(rows[0]!.key_check));
  return root && derivedDataKeys(root.octets);
}
