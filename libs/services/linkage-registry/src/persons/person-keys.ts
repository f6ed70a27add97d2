import { randomBytes } from 'node:crypto';
import { KEY_OCTETS, type PersonKey, personKeyOf } from '@kakunin/linkage';
import type { Queries } from '../database/queries.ts';
import type { Vault } from '../keys/vault.ts';

/** A key by its id, opened: only ever in memory. */
export interface OpenedKey {
  readonly keyId: string;
  readonly key: PersonKey;
}

/** The key of a person, out of the row that keeps it. */
export const openPersonKey = (
  vault: Vault,
  row: { readonly holder_index: Buffer; readonly person_key_sealed: Buffer },
): PersonKey => personKeyOf(vault.open(firstKeyOwner(row.holder_index), row.person_key_sealed));

/** @returns the first key of a person, sealed */
export const mintFirstKey = (vault: Vault, holderIndex: Buffer): Buffer =>
  vault.seal(firstKeyOwner(holderIndex), randomBytes(KEY_OCTETS));

/** A further key, for a person whom a split left without a name somewhere. */
export async function mintFurtherKey(
  client: Queries,
  vault: Vault,
  { personId, now }: { readonly personId: string; readonly now: number },
): Promise<OpenedKey> {
  const { rows } = await client.query<{ key_id: string }>(
    `SELECT nextval(pg_get_serial_sequence('person', 'person_id')) AS key_id`,
  );
  const keyId = rows[0]!.key_id;
  const key = personKeyOf(randomBytes(KEY_OCTETS));
  await client.query(
    'INSERT INTO further_person_key (key_id, person_id, person_key_sealed, minted_at) VALUES ($1, $2, $3, $4)',
    [keyId, personId, vault.seal(furtherKeyOwner(keyId), key), now],
  );
  return { keyId, key };
}

export const openFurtherKey = (vault: Vault, keyId: string, sealed: Buffer): PersonKey =>
  personKeyOf(vault.open(furtherKeyOwner(keyId), sealed));

export const firstKeyOwner = (holderIndex: Buffer): string => `person ${holderIndex.toString('base64')}`;
export const furtherKeyOwner = (keyId: string): string => `person key ${keyId}`;
