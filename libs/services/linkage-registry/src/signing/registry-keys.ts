import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { KEY_OCTETS } from '@kakunin/linkage';
import { Inject, Injectable } from '@nestjs/common';
import { RegistryDatabase } from '../database/registry-database.ts';
import { Vault } from '../keys/vault.ts';

/** What the registry vouches for: each with a key of its own. */
export type KeyUse = 'evidence' | 'audit-head' | 'ppid-map';

export interface RegistryKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const makeKey = (): Uint8Array => generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
const ownerOf = (use: string): string => `note key ${use}`;

/** Ed25519 keys of the registry: made when they are first needed, kept sealed, the same in all its processes. */
@Injectable()
export class RegistryKeys {
  readonly #keys = new Map<KeyUse, Promise<RegistryKey>>();

  constructor(
    @Inject(RegistryDatabase) private readonly database: RegistryDatabase,
    @Inject(Vault) private readonly vault: Vault,
  ) {}

  /** @throws DatabaseError `database_unavailable` until it was read once */
  keyFor(use: KeyUse): Promise<RegistryKey> {
    let key = this.#keys.get(use);
    if (!key) {
      key = this.#read(use);
      key.catch(() => this.#keys.delete(use));
      this.#keys.set(use, key);
    }
    return key;
  }

  /** A secret that nobody else has: which sealed serial numbers are honey. */
  secretFor(use: 'honey'): Promise<Uint8Array> {
    return this.#keep(use, () => randomBytes(KEY_OCTETS));
  }

  async #read(use: KeyUse): Promise<RegistryKey> {
    const key = await this.#keep(use, makeKey);
    const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    return { privateKey, publicKey: createPublicKey(privateKey) };
  }

  /** What is kept for a use; when there is none, what is made now. */
  async #keep(use: string, make: () => Uint8Array): Promise<Buffer> {
    const sealed = (await this.#find(use)) ?? (await this.#insert(use, make()));
    return this.vault.open(ownerOf(use), sealed);
  }

  async #find(use: string): Promise<Buffer | undefined> {
    const { rows } = await this.database.query<{ private_key_sealed: Buffer }>(
      'SELECT private_key_sealed FROM note_key WHERE purpose = $1',
      [use],
    );
    return rows[0]?.private_key_sealed;
  }

  /** Another process may be first; then its key holds. */
  async #insert(use: string, key: Uint8Array): Promise<Buffer> {
    const sealed = this.vault.seal(ownerOf(use), key);
    await this.database.query(
      'INSERT INTO note_key (purpose, private_key_sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING',
      [use, sealed],
    );
    return (await this.#find(use))!;
  }
}
