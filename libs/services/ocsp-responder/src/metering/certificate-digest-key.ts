import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const KEY_OCTETS = 32;

/**
 * Reads the key of the certificate digest; the first start makes it (mode 0600). The main thread does so, once, and
 * gives the key to the workers.
 */
export function certificateDigestKey(file: string): Uint8Array {
  const key = readKey(file) ?? createKey(file);
  if (key.length !== KEY_OCTETS) throw new RangeError(`The certificate digest key must have ${KEY_OCTETS} octets.`);
  return key;
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
  const key = randomBytes(KEY_OCTETS);
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeSync(handle, key);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  return key;
}
