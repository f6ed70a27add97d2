import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { KEY_OCTETS } from '@kakunin/linkage';
import { ConfigError } from '@kakunin/runtime';
import { decrypt, encrypt } from './aes-gcm.ts';
import type { RootKey } from './root-key.ts';

const SALT = 'kakunin registry v1';

/** A root key whose octets are in memory. */
export class FileRootKey implements RootKey {
  readonly octets: Uint8Array;
  /** By which a database that was begun without envelopes tells its root key. */
  readonly keyCheck: Buffer;
  readonly rootKeyId: string;
  readonly #wrapping: KeyObject;

  constructor(octets: Uint8Array) {
    const derive = (use: string): Buffer => Buffer.from(hkdfSync('sha256', octets, SALT, use, KEY_OCTETS));
    this.octets = octets;
    this.keyCheck = derive('key check');
    this.rootKeyId = `file-${derive('key id').toString('hex', 0, 8)}`;
    this.#wrapping = createSecretKey(derive('wrapping'));
  }

  async wrap(use: string, key: Uint8Array): Promise<Uint8Array> {
    return encrypt(this.#wrapping, Buffer.from(use), key);
  }

  async unwrap(use: string, wrapped: Uint8Array): Promise<Uint8Array> {
    return decrypt(this.#wrapping, Buffer.from(use), wrapped);
  }
}

/** Reads a root key. @throws ConfigError that says how to make one */
export function readRootKey(file: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw unusable(file, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== KEY_OCTETS) throw unusable(file, 'does not hold 32 octets in hex or base64');
  return key;
}

const unusable = (file: string, what: string): ConfigError =>
  new ConfigError('linkage-registry', [
    `KAKUNIN_REGISTRY_ROOT_KEY_FILE: ${file} ${what}. ` +
      `For a new registry make one: (umask 077; openssl rand -hex 32 > ${file}), and keep a copy apart. ` +
      'For a registry that holds persons already, bring its own key back: a new one would lose them all.',
  ]);
