import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { RegistryError } from '../registry-error.ts';
import { decrypt, encrypt } from './aes-gcm.ts';
import type { DataKey, KeyPurpose } from './data-keys.ts';

/** Enough that 200 million values never meet by chance, and half the room of a whole HMAC. */
const INDEX_OCTETS = 16;
/** Of the number of the data key, big-endian, before what it sealed. */
const ID_OCTETS = 4;

/**
 * What data keys are used for: blind indexes, by which a value is found again without being stored, and sealing. It is
 * empty until the keys are loaded (see `KeyRing`), which every way to the database waits for.
 */
export class Vault {
  readonly #byPurpose = new Map<KeyPurpose, KeyObject>();
  readonly #sealing = new Map<number, KeyObject>();
  #current: number | undefined;

  /** Takes the keys as they are now; those that are there no more are forgotten. */
  load(keys: readonly DataKey[]): void {
    this.#sealing.clear();
    for (const { dataKeyId, purpose, octets, retired } of keys) {
      // HMAC over a key object costs a seventh of HMAC over a key in octets, which makes an object of it every time.
      const key = createSecretKey(octets);
      if (purpose === 'sealing') this.#sealing.set(dataKeyId, key);
      if (retired) continue;
      this.#byPurpose.set(purpose, key);
      if (purpose === 'sealing') this.#current = dataKeyId;
    }
  }

  serialIndex(authorityId: string, serialNumber: string): Buffer {
    return this.#index('serial_index', authorityId, serialNumber);
  }

  fingerprintIndex(fingerprint: string): Buffer {
    return this.#index('fingerprint_index', 'sha256', fingerprint);
  }

  holderIndex(holderRealm: string, holder: string): Buffer {
    return this.#index('holder_index', holderRealm, holder);
  }

  /** Number of the data key that seals now. */
  get currentDataKey(): number {
    if (this.#current === undefined) throw notLoaded();
    return this.#current;
  }

  /**
   * @param owner what the value belongs to; it opens for this owner only
   * @returns `number of the data key ‖ nonce ‖ tag ‖ ciphertext`
   */
  seal(owner: string, value: Uint8Array): Buffer {
    const id = Buffer.alloc(ID_OCTETS);
    id.writeUInt32BE(this.currentDataKey);
    return Buffer.concat([id, encrypt(this.#keyOf('sealing'), additionalData(id, owner), value)]);
  }

  /**
   * @throws RegistryError `data_key_unknown`
   * @throws Error when the value was sealed for another owner, or was changed
   */
  open(owner: string, sealed: Uint8Array): Buffer {
    const octets = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const key = this.#sealing.get(octets.readUInt32BE());
    if (!key) throw new RegistryError('data_key_unknown', 'Sealed under a data key that is not loaded, or destroyed.');
    const id = octets.subarray(0, ID_OCTETS);
    return decrypt(key, additionalData(id, owner), octets.subarray(ID_OCTETS));
  }

  /** Neither realms nor authority ids hold a zero octet, so that no two pairs give the same text. */
  #index(purpose: KeyPurpose, scope: string, value: string): Buffer {
    return createHmac('sha256', this.#keyOf(purpose)).update(`${scope}\0${value}`).digest().subarray(0, INDEX_OCTETS);
  }

  #keyOf(purpose: KeyPurpose): KeyObject {
    const key = this.#byPurpose.get(purpose);
    if (!key) throw notLoaded();
    return key;
  }
}

/** The first data key of a registry sealed before there were several: its number is not bound. */
const additionalData = (id: Buffer, owner: string): Buffer =>
  id.readUInt32BE() === 1 ? Buffer.from(owner) : Buffer.concat([id, Buffer.from(owner)]);

const notLoaded = (): RegistryError => new RegistryError('keys_not_loaded', 'The keys wait for the database.');
