import { createCipheriv } from 'node:crypto';

/** Writes the serial number of an ordinal into an array that is used again and again: a benchmark shall measure the index. */
export type SerialWriter = (ordinal: number) => Uint8Array;

/** As the JPKI of today: five octets, counted. */
export const FIRST_SERIAL = '100000000';
export function sequentialSerials(): SerialWriter {
  const serial = Uint8Array.of(1, 0, 0, 0, 0);
  const view = new DataView(serial.buffer);
  return (ordinal) => {
    view.setUint32(1, ordinal);
    return serial;
  };
}

export const KEY_VERSION = 1;
export const SEALED_OCTETS = 17;
/** One after the other in one array; sealed many blocks at once, because what is measured is opening them. */
export function sealedSerials(key: Uint8Array, ordinals: Uint32Array): Uint8Array {
  const blocks = Buffer.alloc(ordinals.length * 16);
  ordinals.forEach((ordinal, index) => blocks.writeUInt32BE(ordinal, index * 16 + 4));
  const sealed = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(blocks);
  const serials = new Uint8Array(ordinals.length * SEALED_OCTETS).fill(KEY_VERSION);
  for (let index = 0; index < ordinals.length; index += 1) {
    serials.set(sealed.subarray(index * 16, index * 16 + 16), index * SEALED_OCTETS + 1);
  }
  return serials;
}

/** 16 octets that look random: the ordinal, mixed in three ways, and itself, so that no two are equal. */
export function randomSerials(): SerialWriter {
  const serial = new Uint8Array(16);
  const view = new DataView(serial.buffer);
  return (ordinal) => {
    view.setUint32(0, (mix(ordinal) >>> 1) | 0x4000_0000);
    view.setUint32(4, mix(ordinal ^ 0x5bd1_e995));
    view.setUint32(8, mix(ordinal + 0x0123_4567));
    view.setUint32(12, ordinal);
    return serial;
  };
}

/** A number of 32 bits from another: the same in each run. (The end of MurmurHash3.) */
export function mix(value: number): number {
  const once = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2_ae35);
  return (twice ^ (twice >>> 16)) >>> 0;
}
