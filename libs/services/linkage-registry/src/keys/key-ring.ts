import { randomBytes } from 'node:crypto';
import type { Clock } from '@kakunin/calendar';
import { Database } from '@kakunin/postgres';
import { CLOCK, HEALTH, type Health, LOGGER, type Logger } from '@kakunin/runtime';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { PoolClient } from 'pg';
import { RegistryError } from '../registry-error.ts';
import { firstDataKeys, insertDataKey, insertWrapping, lockDataKeys, useOf, wrappedKeys } from './data-key.store.ts';
import type { DataKey } from './data-keys.ts';
import { FileRootKey } from './file-root-key.ts';
import { ROOT_KEYS, type RootKey, type RootKeys } from './root-key.ts';
import { Vault } from './vault.ts';

const DIFFERS = 'The root key is not the one that this database was begun with.';
/** Nobody seals for longer than this under a key that another process has retired. */
export const KEYS_RELOADED_AFTER_MS = 60_000;

/** Unwraps the data keys into the vault, with the root key that the database was begun with and no other. */
@Injectable()
export class KeyRing implements OnModuleInit {
  #loadedAt: number | undefined;
  #differs = false;
  #loading: Promise<void> | undefined;
  /** By number: a token is asked for each once, and may be away afterwards. */
  readonly #opened = new Map<number, Uint8Array>();

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(ROOT_KEYS) private readonly roots: RootKeys,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.health.register('root-key', () => {
      if (this.#loadedAt !== undefined) return { ok: true, detail: 'the one that this database was begun with' };
      // What this finds out, the next look at the health will tell.
      this.ensure().catch(() => undefined);
      const what = this.#differs ? DIFFERS : 'Not compared yet: waits for the database.';
      return {
        ok: false,
        detail: `${what} If it stays so, point KAKUNIN_REGISTRY_ROOT_KEY_FILE to the right key and restart.`,
      };
    });
  }

  /** @throws RegistryError `root_key_differs`; DatabaseError `database_unavailable` */
  async ensure(): Promise<void> {
    if (this.#differs) throw new RegistryError('root_key_differs', DIFFERS);
    if (this.#loadedAt !== undefined && this.clock.now() - this.#loadedAt < KEYS_RELOADED_AFTER_MS) return;
    this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
    await this.#loading;
  }

  /** The next call loads the keys anew: another process has made one. */
  expire(): void {
    if (this.#loadedAt !== undefined) this.#loadedAt = Number.NEGATIVE_INFINITY;
  }

  async #load(): Promise<void> {
    const at = this.clock.now();
    let keys = await this.#unwrap();
    if (keys.length === 0) keys = await this.#begin(at);
    if (keys.length === 0) {
      this.#differs = true;
      this.logger.error(DIFFERS);
      throw new RegistryError('root_key_differs', DIFFERS);
    }
    this.vault.load(keys);
    this.#loadedAt = at;
  }

  /** @returns none when there are none, or none that one of the root keys wrapped */
  async #unwrap(): Promise<readonly DataKey[]> {
    const { current, previous } = this.roots;
    const rows = await wrappedKeys(this.database);
    const under = (root: RootKey | undefined) => rows.filter(({ root_key_id }) => root_key_id === root?.rootKeyId);
    const keysUnder = (root: RootKey): Promise<DataKey[]> =>
      Promise.all(
        under(root).map(async ({ data_key_id: dataKeyId, purpose, retired, wrapped }) => {
          const octets = this.#opened.get(dataKeyId) ?? (await root.unwrap(useOf(dataKeyId, purpose), wrapped));
          this.#opened.set(dataKeyId, octets);
          return { dataKeyId, purpose, retired, octets };
        }),
      );
    if (!previous || under(previous).length === 0 || under(current).length >= under(previous).length)
      return keysUnder(current);
    const keys = await keysUnder(previous);
    await this.database.transaction((client) => this.#wrapAll(client, keys));
    this.logger.warn({ rootKeyId: current.rootKeyId }, 'the data keys are wrapped under the new root key as well');
    return keys;
  }

  /** @returns none when the database was begun with another root key */
  async #begin(now: number): Promise<readonly DataKey[]> {
    await this.database.transaction(async (client) => {
      await lockDataKeys(client);
      if ((await wrappedKeys(client)).length > 0) return;
      const roots = [this.roots.current, this.roots.previous].filter((each) => each instanceof FileRootKey);
      const keys = (await firstDataKeys(client, roots, randomBytes)) ?? [];
      for (const key of keys) await insertDataKey(client, key, now);
      await this.#wrapAll(client, keys);
    });
    return this.#unwrap();
  }

  async #wrapAll(client: PoolClient, keys: readonly DataKey[]): Promise<void> {
    for (const key of keys) await insertWrapping(client, this.roots.current, key);
  }
}
