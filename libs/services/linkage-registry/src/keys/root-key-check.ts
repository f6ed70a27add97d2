import { Database } from '@kakunin/postgres';
import { HEALTH, type Health, LOGGER, type Logger } from '@kakunin/runtime';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { RegistryError } from '../registry-error.ts';
import { Vault } from './vault.ts';

const DIFFERS = 'The root key is not the one that this database was begun with.';

/** Makes sure that a database is only worked on with the root key that it was begun with. */
@Injectable()
export class RootKeyCheck implements OnModuleInit {
  #fits: boolean | undefined;
  #asking: Promise<boolean> | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.health.register('root-key', () => {
      if (this.#fits) return { ok: true, detail: 'the one that this database was begun with' };
      // What this finds out, the next look at the health will tell.
      this.ensure().catch(() => undefined);
      const what = this.#fits === undefined ? 'Not compared yet: waits for the database.' : DIFFERS;
      return {
        ok: false,
        detail: `${what} If it stays so, point KAKUNIN_REGISTRY_ROOT_KEY_FILE to the right key and restart.`,
      };
    });
  }

  /** @throws RegistryError `root_key_differs`; DatabaseError `database_unavailable` */
  async ensure(): Promise<void> {
    if (this.#fits === undefined) {
      this.#asking ??= this.#compare().finally(() => (this.#asking = undefined));
      this.#fits = await this.#asking;
      if (!this.#fits) this.logger.error(DIFFERS);
    }
    if (!this.#fits) throw new RegistryError('root_key_differs', DIFFERS);
  }

  async #compare(): Promise<boolean> {
    const { keyCheck } = this.vault;
    await this.database.query('INSERT INTO root_key (key_check) VALUES ($1) ON CONFLICT DO NOTHING', [keyCheck]);
    const { rows } = await this.database.query<{ key_check: Buffer }>('SELECT key_check FROM root_key');
    return rows[0]!.key_check.equals(keyCheck);
  }
}
