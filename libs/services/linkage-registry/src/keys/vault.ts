import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { KEY_OCTETS } from '@kakunin/linkage';

const CIPHER = 'aes-256-gcm';
const NONCE_OCTETS = 12;
const TAG_OCTETS = 16;
/** Enough that 200 million values never meet by chance, and half the room of a whole HMAC. */
const INDEX_OCTETS = 16;

/**
 * Everything that the root key is used for: blind indexes, by which a value is found again without being stored, and
 * sealing of keys. Each use has a key of its own, derived by HKDF (RFC 5869).
 */
export class Vault {
  readonly #serialKey: KeyObject;
  readonly #fingerprintKey: KeyObject;
  readonly #holderKey: KeyObject;
  readonly #sealingKey: KeyObject;
  /** Tells root keys apart, and nothing about them. */
  readonly keyCheck: Buffer;

  constructor(rootKey: Uint8Array) {
    const derive = (use: string): Buffer =>
      Buffer.from(hkdfSync('sha256', rootKey, 'kakunin registry v1', use, KEY_OCTETS));
    // HMAC over a key object costs a seventh of HMAC over a key in octets, which makes an object of it every time.
    const deriveKey = (use: string): KeyObject => createSecretKey(derive(use));
    this.#serialKey = deriveKey('serial index');
    this.#fingerprintKey = deriveKey('fingerprint index');
    this.#holderKey = deriveKey('holder index');
    this.#sealingKey = deriveKey('sealing');
    this.keyCheck = derive('key check');
  }

  serialIndex(authorityId: string, serialNumber: string): Buffer {
    return index(this.#serialKey, authorityId, serialNumber);
  }

  fingerprintIndex(fingerprint: string): Buffer {
    return index(this.#fingerprintKey, 'sha256', fingerprint);
  }

  holderIndex(holderRealm: string, holder: string): Buffer {
    return index(this.#holderKey, holderRealm, holder);
  }

  /** @param owner what the value belongs to; it opens for this owner only: `nonce ‖ tag ‖ ciphertext` */
  seal(owner: string, value: Uint8Array): Buffer {
    const nonce = randomBytes(NONCE_OCTETS);
    const cipher = createCipheriv(CIPHER, this.#sealingKey, nonce).setAAD(Buffer.from(owner));
    const text = Buffer.concat([cipher.update(value), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), text]);
  }

  /** @throws Error when the value was sealed for another owner, or was changed */
  open(owner: string, sealed: Uint8Array): Buffer {
    const text = NONCE_OCTETS + TAG_OCTETS;
    const decipher = createDecipheriv(CIPHER, this.#sealingKey, sealed.subarray(0, NONCE_OCTETS), {
      authTagLength: TAG_OCTETS,
    });
    decipher.setAAD(Buffer.from(owner)).setAuthTag(sealed.subarray(NONCE_OCTETS, text));
    return Buffer.concat([decipher.update(sealed.subarray(text)), decipher.final()]);
  }
}

/** Neither realms nor authority ids hold a zero octet, so that no two pairs give the same text. */
const index = (key: KeyObject, scope: string, value: string): Buffer =>
  createHmac('sha256', key).update(`${scope}\0${value}`).digest().subarray(0, INDEX_OCTETS);
