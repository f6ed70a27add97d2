import { createCipheriv } from 'node:crypto';

/** Octets of a sealed serial number: key version and one AES block. */
export const SEALED_OCTETS = 17;
export const BLOCK_OCTETS = 16;
export const KEY_OCTETS = 32;
export const SEAL_CIPHER = 'aes-256-ecb';
export const LAST_KEY_VERSION = 127;
/** Ordinals that agree above these bits are sealed under one key version. */
export const KEY_RANGE_BITS = 12;

/** The block that is sealed: the ordinal (64 bits, most significant octet first) and 64 zero bits. */
export function writeBlock(target: DataView, at: number, ordinal: number): void {
  target.setUint32(at, Math.floor(ordinal / 2 ** 32));
  target.setUint32(at + 4, ordinal % 2 ** 32);
}

/**
 * A serial number that looks random, cannot be guessed (a wrong one passes once in 2⁶⁴) or counted, and still tells whoever
 * has the key its ordinal. One block is encrypted, and no two blocks are equal, so that no mode of operation is needed.
 *
 * All ordinals of one 4096 (0 … 4095, 4096 … 8191, …) are sealed under one key version: an authority that changes its key
 * goes on with the next of them.
 * @param key AES-256, 32 octets
 * @param version of the key, 1 … 127, so that the serial number is positive
 * @returns content octets of the DER INTEGER: version ‖ AES-256(ordinal ‖ 0⁶⁴), 17 octets
 */
export function sealSerial(key: Uint8Array, version: number, ordinal: number): Uint8Array {
  const serial = new Uint8Array(SEALED_OCTETS);
  writeBlock(new DataView(serial.buffer), 1, ordinal);
  const sealed = createCipheriv(SEAL_CIPHER, key, null).setAutoPadding(false).update(serial.subarray(1));
  serial[0] = version;
  serial.set(sealed, 1);
  return serial;
}
