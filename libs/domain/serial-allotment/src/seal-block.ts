import { createCipheriv } from 'node:crypto';
import { NOTHING_RESERVED, type Reservation, type SerialBlock } from './allotment.ts';
import { SerialAllotmentError } from './serial-allotment-error.ts';

const BLOCK_OCTETS = 16;

/** The serial numbers of a block: content octets of DER INTEGERs, 17 octets each, positive. */
export interface SealedBlock {
  /** For certificates of persons: as many as were asked for. */
  readonly serials: readonly Uint8Array[];
  /** For certificates that nobody holds. */
  readonly reserved: readonly Uint8Array[];
}

/**
 * Seals a block, each serial number as `sealSerial` of @kakunin/status-index makes it, in one go (a cipher object for each
 * costs ten times as much). They come in an order that says nothing of their ordinals: that of the serial numbers
 * themselves, which look random. It is always the same for a block, so that nothing but the block has to be kept.
 *
 * What a serial number does show is its key version: that it was allotted between two changes of the key, and no more.
 * @param key AES-256 of the block's key version, 32 octets
 * @param isReserved as it was when the block was allotted
 * @throws SerialAllotmentError `reservation_differs`
 */
export function sealBlock(block: SerialBlock, key: Uint8Array, isReserved = NOTHING_RESERVED): SealedBlock {
  const [serials, reserved] = [ordinalsOf(block, (each) => !isReserved(each)), ordinalsOf(block, isReserved)];
  if (serials.length !== block.count) {
    throw new SerialAllotmentError(
      'reservation_differs',
      'Other ordinals of this block are reserved than when it was allotted: bring back the key that reserves them.',
    );
  }
  const seal = (ordinals: readonly number[]): readonly Uint8Array[] => sealOrdinals(ordinals, block.keyVersion, key);
  return { serials: seal(serials), reserved: seal(reserved) };
}

function ordinalsOf({ firstOrdinal, endOrdinal }: SerialBlock, isTaken: Reservation): readonly number[] {
  const ordinals: number[] = [];
  for (let ordinal = firstOrdinal; ordinal < endOrdinal; ordinal += 1) if (isTaken(ordinal)) ordinals.push(ordinal);
  return ordinals;
}

function sealOrdinals(ordinals: readonly number[], keyVersion: number, key: Uint8Array): readonly Uint8Array[] {
  const plain = Buffer.alloc(ordinals.length * BLOCK_OCTETS);
  for (const [index, ordinal] of ordinals.entries()) plain.writeBigUInt64BE(BigInt(ordinal), index * BLOCK_OCTETS);
  const sealed = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false).update(plain);
  const serials = ordinals.map((_, index) => {
    const serial = new Uint8Array(1 + BLOCK_OCTETS);
    serial[0] = keyVersion;
    serial.set(sealed.subarray(index * BLOCK_OCTETS, (index + 1) * BLOCK_OCTETS), 1);
    return serial;
  });
  return serials.sort(Buffer.compare);
}
