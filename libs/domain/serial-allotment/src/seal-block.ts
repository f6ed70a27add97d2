import { createCipheriv } from 'node:crypto';
import type { SerialBlock } from './allotment.ts';

const BLOCK_OCTETS = 16;

/**
 * The serial numbers of a block, each as `sealSerial` of @kakunin/status-index makes it, in one go (a cipher object for
 * each costs ten times as much): content octets of DER INTEGERs, 17 octets, positive. They come in an order that says
 * nothing of their ordinals: that of the serial numbers themselves, which look random. It is always the same for a block,
 * so that nothing but the block has to be kept.
 *
 * What a serial number does show is its key version: that it was allotted between two changes of the key, and no more.
 * @param key AES-256 of the block's key version, 32 octets
 */
export function sealBlock({ firstOrdinal, count, keyVersion }: SerialBlock, key: Uint8Array): readonly Uint8Array[] {
  const plain = Buffer.alloc(count * BLOCK_OCTETS);
  for (let index = 0; index < count; index += 1) {
    plain.writeBigUInt64BE(BigInt(firstOrdinal + index), index * BLOCK_OCTETS);
  }
  const sealed = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(plain);
  const serials = Array.from({ length: count }, (_, index) => {
    const serial = new Uint8Array(1 + BLOCK_OCTETS);
    serial[0] = keyVersion;
    serial.set(sealed.subarray(index * BLOCK_OCTETS, (index + 1) * BLOCK_OCTETS), 1);
    return serial;
  });
  return serials.sort(Buffer.compare);
}
