import type { SerialMap } from './serial-map.ts';

/*
 * A sort key: how long a serial number is and its first octets, as many bits as leave room for the ordinal. Those sort as
 * numbers of 64 bits, natively and in place; the few serial numbers that begin alike are compared whole.
 */
const ORDINAL_BITS = 28;
const LOW_BITS = 32 - ORDINAL_BITS;
const PREFIX_BITS = 31;
const ORDINAL_MASK = 2 ** ORDINAL_BITS - 1;

/**
 * Ordinals in the order of their serial numbers: 8 octets of memory an ordinal meanwhile.
 * @throws StatusIndexError `sealing_key_unknown`
 */
export function inSerialOrder(ordinals: Uint32Array, serials: SerialMap): Uint32Array {
  const keys = new BigUint64Array(ordinals.length);
  const words = new Uint32Array(keys.buffer);
  const one = new Uint32Array(1);
  ordinals.forEach((ordinal, index) => {
    one[0] = ordinal;
    const serial = serials.serialsOf(one, 1)[0]!;
    const prefix = prefixOf(serial);
    words[index * 2] = ((prefix << ORDINAL_BITS) | ordinal) >>> 0;
    words[index * 2 + 1] = ((serial.length << (32 - 5)) | (prefix >>> LOW_BITS)) >>> 0;
  });
  keys.sort();
  const sorted = new Uint32Array(ordinals.length);
  for (let index = 0; index < sorted.length; index += 1) sorted[index] = words[index * 2]! & ORDINAL_MASK;
  settleTies(words, sorted, serials);
  return sorted;
}

/** The first 31 bits behind the sign's zero octet, which in a longer serial number is always there or never matters. */
function prefixOf(serial: Uint8Array): number {
  let prefix = 0;
  for (let index = 0; index < 4; index += 1) prefix = (prefix << 8) | (serial[index] ?? 0);
  return prefix & (2 ** PREFIX_BITS - 1);
}

function settleTies(words: Uint32Array, sorted: Uint32Array, serials: SerialMap): void {
  const isTie = (index: number): boolean =>
    words[index * 2 + 1] === words[index * 2 + 3] &&
    words[index * 2]! >>> ORDINAL_BITS === words[index * 2 + 2]! >>> ORDINAL_BITS;
  for (let first = 0; first < sorted.length; first += 1) {
    let last = first;
    while (last + 1 < sorted.length && isTie(last)) last += 1;
    if (last > first) settleTie(sorted.subarray(first, last + 1), serials);
    first = last;
  }
}

function settleTie(ordinals: Uint32Array, serials: SerialMap): void {
  const entries = Array.from(ordinals, (ordinal) => ({
    ordinal,
    serial: Uint8Array.from(serials.serialsOf(Uint32Array.of(ordinal), 1)[0]!),
  }));
  entries.sort((one, other) => Buffer.compare(one.serial, other.serial));
  entries.forEach(({ ordinal }, index) => (ordinals[index] = ordinal));
}
