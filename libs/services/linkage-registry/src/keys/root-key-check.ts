import { Database } from '@kakunin/postgres';
import { HEALTH, type Health, LOGGER, type Logger } from '@kakunin/runtime';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { RegistryError } from '../registry-error.ts';
import { Vault } from './vault.ts';

/** Makes sure that a database is only worked on with the root key that it was begun with. */
@Injectable()
export class RootKeyCheck implements OnModuleInit {
  #checked: Promise<boolean> | undefined;
  #ok: boolean | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Vault) private readonly vault: Vault,
    @Inject(HEALTH) private readonly health: Health,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.health.register('root-key', () => ({
      ok: this.#ok === true,
      detail: {
        true: 'the one that this database was begun with',
        false:
          'not the one that this database was begun with: point KAKUNIN_REGISTRY_ROOT_KEY_FILE to the right one and restart',
        undefined: 'not checked yet: waits for the database',
      }[`${this.#ok}`],
    }));
    this.database.whenReady().then(
      () => this.ensure().catch((error: unknown) => this.logger.error({ err: error }, 'the root key was not accepted')),
      () => undefined,
    );
  }

  /** @throws RegistryError `root_key_differs`; DatabaseError `database_unavailable` */
  async ensure(): Promise<void> {
    this.#checked ??= this.#compare();
    try {
      this.#ok = await this.#checked;
    } catch (error) {
      this.#checked = undefined;
      throw error;
    }
    if (!this.#ok) {
      throw new RegistryError('root_key_differs', 'The root key is not the one that this database was begun with.');
    }
  }

  async #compare(): Promise<boolean> {
    const { keyCheck } = this.vault;
    await this.database.query('INSERT INTO root_key (key_check) VALUES ($1) ON CONFLICT DO NOTHING', [keyCheck]);
    const { rows } = await this.database.query<{ key_check: Buffer }>('SELECT key_check FROM root_key');
    return rows[0]!.key_check.equals(keyCheck);
  }
}
