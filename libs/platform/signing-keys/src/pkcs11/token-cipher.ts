import { randomBytes } from 'node:crypto';
import { readPkcs11File } from './pkcs11-file.ts';
import { signWithToken } from './sign-with-token.ts';

const NONCE_OCTETS = 12;

/** A secret key in a token, which encrypts under it and never gives it away (AES-GCM). */
export interface TokenCipher {
  /** @returns `nonce ‖ ciphertext ‖ tag` @throws SigningKeyError */
  encrypt(additionalData: Uint8Array, data: Uint8Array): Promise<Uint8Array>;
  /** @throws SigningKeyError, also when it was encrypted under another key or for other data, or was changed */
  decrypt(additionalData: Uint8Array, encrypted: Uint8Array): Promise<Uint8Array>;
  /** A zero octet under the nonce of zeros: the same for the same key, and no use to anybody. */
  keyCheck(additionalData: Uint8Array): Promise<Uint8Array>;
}

/** @param file a `pkcs11.json` that names an AES key @throws SigningKeyError; the file system's error */
export async function openTokenCipher(file: string): Promise<TokenCipher> {
  const { token, key, timeLimit } = await readPkcs11File(file);
  const ask = (direction: 'encrypt' | 'decrypt', given: Record<'nonce' | 'additionalData' | 'data', Uint8Array>) =>
    signWithToken({ token, timeLimit, request: { key, mechanism: 'CKM_AES_GCM', direction, ...given } });
  return {
    async encrypt(additionalData, data) {
      const nonce = randomBytes(NONCE_OCTETS);
      return Buffer.concat([nonce, await ask('encrypt', { nonce, additionalData, data })]);
    },
    decrypt: (additionalData, encrypted) =>
      ask('decrypt', {
        nonce: encrypted.subarray(0, NONCE_OCTETS),
        additionalData,
        data: encrypted.subarray(NONCE_OCTETS),
      }),
    keyCheck: (additionalData) =>
      ask('encrypt', { nonce: Buffer.alloc(NONCE_OCTETS), additionalData, data: Buffer.alloc(1) }),
  };
}
