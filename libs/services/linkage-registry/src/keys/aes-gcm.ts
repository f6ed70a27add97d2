import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;

/** @param owner what the value belongs to, as additional data: it opens for this owner only @returns `nonce ‖ tag ‖ ciphertext` */
export function encrypt(key: KeyObject, owner: Uint8Array, value: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_OCTETS);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(owner);
  const text = Buffer.concat([cipher.update(value), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** @throws Error when the value was encrypted for another owner or under another key, or was changed */
export function decrypt(key: KeyObject, owner: Uint8Array, encrypted: Uint8Array): Buffer {
  const text = NONCE_OCTETS + TAG_OCTETS;
  const decipher = createDecipheriv(CIPHER, key, encrypted.subarray(0, NONCE_OCTETS), { authTagLength: TAG_OCTETS });
  decipher.setAAD(owner).setAuthTag(encrypted.subarray(NONCE_OCTETS, text));
  return Buffer.concat([decipher.update(encrypted.subarray(text)), decipher.final()]);
}
