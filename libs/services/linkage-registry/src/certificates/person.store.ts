import type { PoolClient } from 'pg';
import type { Vault } from '../keys/vault.ts';
import { mintFirstKey } from '../persons/person-keys.ts';

/** Persons by holder index (base64); who is named for the first time is minted a key, who was erased is missing. */
export async function resolvePersons(
  client: PoolClient,
  vault: Vault,
  { holderIndexes, now }: { readonly holderIndexes: readonly Buffer[]; readonly now: number },
): Promise<ReadonlyMap<string, string>> {
  if (holderIndexes.length === 0) return new Map();
  const known = await findPersons(client, holderIndexes);
  const unknown = [...new Map(holderIndexes.map((index) => [index.toString('base64'), index]))]
    .filter(([name]) => !known.has(name))
    .map(([, index]) => index)
    // Always in the same order: two transactions with the same persons cannot wait for each other.
    .sort(Buffer.compare);
  if (unknown.length === 0) return known;
  await client.query(
    `INSERT INTO person (holder_index, person_key_sealed, minted_at)
     SELECT holder_index, person_key_sealed, $3
     FROM unnest($1::bytea[], $2::bytea[]) AS minted (holder_index, person_key_sealed)
     ON CONFLICT DO NOTHING`,
    [unknown, unknown.map((index) => mintFirstKey(vault, index)), now],
  );
  return new Map([...known, ...(await findPersons(client, unknown))]);
}

async function findPersons(client: PoolClient, holderIndexes: readonly Buffer[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ holder_index: Buffer; person_id: string }>(
    // A handle that was erased names nobody for good, but where merges and splits go by it.
    `SELECT holder_index, person_id FROM person
     WHERE holder_index = ANY ($1::bytea[]) AND (erased_at IS NULL OR entangled)`,
    [holderIndexes],
  );
  return new Map(rows.map((row) => [row.holder_index.toString('base64'), row.person_id]));
}
