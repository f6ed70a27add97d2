import { randomBytes } from 'node:crypto';
import type { Clock } from '@kakunin/calendar';
import { KEY_OCTETS } from '@kakunin/linkage';
import { CLOCK } from '@kakunin/runtime';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import { RegistryError } from '../registry-error.ts';
import { insertDataKey, insertWrapping, lockDataKeys } from './data-key.store.ts';
import type { DataKey, KeyPurpose } from './data-keys.ts';
import { KeyRing } from './key-ring.ts';
import { isInUse, reseal, type Resealed, type ResealingPlace } from './resealing.ts';
import { ROOT_KEYS, type RootKeys } from './root-key.ts';
import { Vault } from './vault.ts';

/** A data key, as an operator sees it. */
export interface DataKeyState {
  readonly dataKeyId: number;
  readonly purpose: KeyPurpose;
  readonly createdAt: number;
  readonly retiredAt?: number;
  readonly destroyedAt?: number;
  /** Under which root keys it is wrapped. */
  readonly rootKeyIds: readonly string[];
}

/**
 * How long after its end nobody can seal under a key any more: processes look for new keys once a minute, and a
 * transaction that has begun before may take a while.
 */
const QUIET_AFTER_MS = 3_600_000;

interface Row {
  readonly data_key_id: number;
  readonly purpose: KeyPurpose;
  readonly created_at: string;
  readonly retired_at: string | null;
  readonly destroyed_at: string | null;
  readonly root_key_ids: string[];
}

/** Changes the keys under which everything is sealed, while everything goes on. */
@Injectable()
export class DataKeysAdministration {
  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(KeyRing) private readonly ring: KeyRing,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(ROOT_KEYS) private readonly roots: RootKeys,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async all(): Promise<readonly DataKeyState[]> {
    const { rows } = await this.database.query<Row>(
      `SELECT data_key_id, purpose, created_at, retired_at, destroyed_at,
         array_remove(array_agg(root_key_id ORDER BY root_key_id), NULL) AS root_key_ids
       FROM data_key LEFT JOIN data_key_wrapping USING (data_key_id) GROUP BY data_key_id ORDER BY data_key_id`,
    );
    return rows.map((row) => ({
      dataKeyId: row.data_key_id,
      purpose: row.purpose,
      createdAt: Number(row.created_at),
      ...(row.retired_at !== null && { retiredAt: Number(row.retired_at) }),
      ...(row.destroyed_at !== null && { destroyedAt: Number(row.destroyed_at) }),
      rootKeyIds: row.root_key_ids,
    }));
  }

  /** A new key seals from now on; what is sealed is sealed again by {@link reseal}. */
  async rotate(): Promise<{ readonly dataKeyId: number }> {
    const now = this.clock.now();
    const dataKeyId = await this.database.transaction(async (client) => {
      await lockDataKeys(client);
      await client.query(`UPDATE data_key SET retired_at = $1 WHERE purpose = 'sealing' AND retired_at IS NULL`, [now]);
      const { rows } = await client.query<{ next: number }>('SELECT max(data_key_id) + 1 AS next FROM data_key');
      const octets = randomBytes(KEY_OCTETS);
      const key: DataKey = { dataKeyId: rows[0]!.next, purpose: 'sealing', octets, retired: false };
      await insertDataKey(client, key, now);
      // Who has the root key before serves on as well.
      for (const root of [this.roots.current, this.roots.previous]) if (root) await insertWrapping(client, root, key);
      return key.dataKeyId;
    });
    this.ring.expire();
    await this.ring.ensure();
    return { dataKeyId };
  }

  /** Seals a stretch again; go on with `next` until there is none. Begun anew, it finds what is left. */
  reseal(place: ResealingPlace = { column: 0, page: 0 }): Promise<Resealed> {
    return this.database.transaction((client) => reseal(client, this.vault, place));
  }

  /**
   * Destroys a key under which nothing is sealed any more: copies of rows from before (backups, the write-ahead log) can
   * then be opened by nobody who has no copy of its wrapping with its root key.
   * @throws RegistryError `data_key_in_use`
   */
  async destroy(dataKeyId: number): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (client) => {
      await lockDataKeys(client);
      const { rowCount } = await client.query(
        'UPDATE data_key SET destroyed_at = coalesce(destroyed_at, $2) WHERE data_key_id = $1 AND retired_at <= $3',
        [dataKeyId, now, now - QUIET_AFTER_MS],
      );
      if (rowCount === 0 || (await isInUse(client, dataKeyId)))
        throw new RegistryError(
          'data_key_in_use',
          'It seals, has sealed in the last hour, or something is sealed under it: rotate, reseal, and wait an hour.',
        );
      await client.query('DELETE FROM data_key_wrapping WHERE data_key_id = $1', [dataKeyId]);
    });
    this.ring.expire();
  }

  /**
   * Ends the root key before the present one: its wrappings are removed, and a process that has it alone ends to serve.
   * @returns how many wrappings
   */
  async retireRootKeys(): Promise<{ readonly removed: number }> {
    const { rootKeyId } = this.roots.current;
    const { rowCount } = await this.database.query(
      `DELETE FROM data_key_wrapping AS old WHERE root_key_id <> $1 AND EXISTS (
         SELECT FROM data_key_wrapping AS own WHERE own.data_key_id = old.data_key_id AND own.root_key_id = $1)`,
      [rootKeyId],
    );
    return { removed: rowCount ?? 0 };
  }
}
