import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { mkdirSync, openSync, readFileSync, writeSync, fsyncSync, closeSync } from 'node:fs';
import { dirname } from 'node:path';

const KEY_LENGTH = 32;
const DIGEST_LENGTH = 16;

/**
 * Names a certificate in the usage journal without saying which one it is: HMAC-SHA-256 over authority and serial
 * number, first 16 octets. Without the key nobody can try out serial numbers; destroying the key makes usage anonymous.
 */
export class CertificateDigest {
  /** As a KeyObject: with octets each HMAC would make one anew, which takes six times as long. */
  readonly #key: KeyObject;

  /** @param key 32 octets */
  constructor(key: Buffer) {
    if (key.length !== KEY_LENGTH) throw new RangeError(`The certificate digest key must have ${KEY_LENGTH} octets.`);
    this.#key = createSecretKey(key);
  }

  /** Reads the key file; the first start makes it (mode 0600). */
  static fromKeyFile(file: string): CertificateDigest {
    return new CertificateDigest(readKey(file) ?? createKey(file));
  }

  /** @param serialNumber INTEGER content octets */
  of(authorityId: string, serialNumber: Uint8Array): Uint8Array {
    const mac = createHmac('sha256', this.#key).update(authorityId).update('\0').update(serialNumber).digest();
    return mac.subarray(0, DIGEST_LENGTH);
  }
}

function readKey(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function createKey(file: string): Buffer {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const key = randomBytes(KEY_LENGTH);
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, key);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return key;
}
