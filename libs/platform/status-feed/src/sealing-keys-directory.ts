import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SealingKeysByVersion } from '@kakunin/status-index';

const NAME = /^sealing-([1-9]\d{0,2})\.key$/;
const LAST_VERSION = 127;
const KEY = /^[0-9a-f]{64}$/i;

/** The keys under which authorities seal serial numbers: `<directory>/<authorityId>/sealing-<version>.key`, 64 hexadecimal digits. */
export class SealingKeysDirectory {
  readonly #path: string | undefined;

  /** @param path undefined: there are no keys */
  constructor(path: string | undefined) {
    this.#path = path;
  }

  /** The keys that are there. What is no key, or cannot be read, is not there: the authority says so as long as it needs it. */
  keysOf(authorityId: string): SealingKeysByVersion {
    const keys = new Map<number, Uint8Array>();
    if (this.#path === undefined) return keys;
    const directory = join(this.#path, authorityId);
    for (const name of namesIn(directory)) {
      const version = Number(NAME.exec(name)?.[1] ?? 0);
      const key = version > 0 && version <= LAST_VERSION ? readKey(join(directory, name)) : undefined;
      if (key) keys.set(version, key);
    }
    return keys;
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readKey(path: string): Uint8Array | undefined {
  try {
    const hex = readFileSync(path, 'latin1').trim();
    return KEY.test(hex) ? Buffer.from(hex, 'hex') : undefined;
  } catch {
    return undefined;
  }
}
