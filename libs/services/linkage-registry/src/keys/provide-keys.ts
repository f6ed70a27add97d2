import type { Provider } from '@nestjs/common';
import { DataKeysAdministration } from './data-keys-administration.ts';
import { FileRootKey, readRootKey } from './file-root-key.ts';
import { KeyRing } from './key-ring.ts';
import { ROOT_KEYS, type RootKeys } from './root-key.ts';
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

function rootKeysOf({ rootKeyFile, previousRootKeyFile }: KeyConfig): RootKeys {
  const read = (file: string): FileRootKey => new FileRootKey(readRootKey(file));
  const current = read(rootKeyFile);
  return previousRootKeyFile === undefined ? { current } : { current, previous: read(previousRootKeyFile) };
}
