import type { Provider } from '@nestjs/common';
import { DataKeysAdministration } from './data-keys-administration.ts';
import { FileRootKey, readRootKey } from './file-root-key.ts';
import { KeyRing } from './key-ring.ts';
import { ROOT_KEYS, type RootKey, type RootKeys } from './root-key.ts';
import { TokenRootKey } from './token-root-key.ts';
import { Vault } from './vault.ts';

/** Where the configuration says that the root keys are. */
export interface KeyConfig {
  readonly rootKeyFile: string;
  readonly previousRootKeyFile?: string | undefined;
}

export const provideKeys = (config: KeyConfig): Provider[] => [
  Vault,
  KeyRing,
  DataKeysAdministration,
  { provide: ROOT_KEYS, useFactory: () => rootKeysOf(config) },
];

async function rootKeysOf({ rootKeyFile, previousRootKeyFile }: KeyConfig): Promise<RootKeys> {
  const current = await openRootKey(rootKeyFile);
  return previousRootKeyFile === undefined
    ? { current }
    : { current, previous: await openRootKey(previousRootKeyFile) };
}

/** In a token when the file is a `pkcs11.json`; else the file holds the key itself. */
export const openRootKey = async (file: string): Promise<RootKey> =>
  file.endsWith('.json') ? TokenRootKey.open(file) : new FileRootKey(readRootKey(file));
