import { readFileSync } from 'node:fs';
import { ConfigError } from '@kakunin/runtime';

const OCTETS = 32;

/** Reads the root key. @throws ConfigError that says how to make one */
export function readRootKey(file: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw unusable(file, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== OCTETS) throw unusable(file, 'does not hold 32 octets in hex or base64');
  return key;
}

const unusable = (file: string, what: string): ConfigError =>
  new ConfigError('linkage-registry', [
    `KAKUNIN_REGISTRY_ROOT_KEY_FILE: ${file} ${what}. ` +
      `For a new registry make one: (umask 077; openssl rand -hex 32 > ${file}), and keep a copy apart. ` +
      'For a registry that holds persons already, bring its own key back: a new one would lose them all.',
  ]);
