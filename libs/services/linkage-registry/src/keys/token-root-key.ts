import { createHash } from 'node:crypto';
import { ConfigError } from '@kakunin/runtime';
import { openTokenCipher, type TokenCipher } from '@kakunin/signing-keys';
import type { RootKey } from './root-key.ts';

/** A root key that never leaves its token (PKCS #11). */
export class TokenRootKey implements RootKey {
  readonly rootKeyId: string;
  readonly #cipher: TokenCipher;

  private constructor(cipher: TokenCipher, rootKeyId: string) {
    this.#cipher = cipher;
    this.rootKeyId = rootKeyId;
  }

  /** @param file a `pkcs11.json` @throws ConfigError when the token does not answer */
  static async open(file: string): Promise<TokenRootKey> {
    try {
      const cipher = await openTokenCipher(file);
      const check = await cipher.keyCheck(Buffer.from('kakunin registry root key'));
      return new TokenRootKey(cipher, `token-${createHash('sha256').update(check).digest('hex').slice(0, 16)}`);
    } catch (cause) {
      const { message } = cause as Error;
      throw new ConfigError('linkage-registry', [`KAKUNIN_REGISTRY_ROOT_KEY_FILE: ${file}: ${message}`]);
    }
  }

  wrap(use: string, key: Uint8Array): Promise<Uint8Array> {
    return this.#cipher.encrypt(Buffer.from(use), key);
  }

  unwrap(use: string, wrapped: Uint8Array): Promise<Uint8Array> {
    return this.#cipher.decrypt(Buffer.from(use), wrapped);
  }
}
