/**
 * A serial number as five 32-bit words, most significant first: 20 octets, as many as RFC 5280, 4.1.2.2 allows.
 * Comparing and subtracting words allocates nothing, which BigInt would.
 */
export const SERIAL_WORDS = 5;
const SERIAL_OCTETS = SERIAL_WORDS * 4;

/** Where the significant octets of a non-negative DER INTEGER begin; −1 when it is empty or negative. */
export function significantFrom(octets: Uint8Array, start: number, end: number): number {
  if (start >= end || octets[start]! >= 0x80) return -1;
  let first = start;
  while (first < end - 1 && octets[first] === 0) first += 1;
  return first;
}

/** Whether these are content octets of a DER INTEGER that can be a serial number. */
export function isSerial(octets: Uint8Array): boolean {
  const first = significantFrom(octets, 0, octets.length);
  return first >= 0 && octets.length - first <= SERIAL_OCTETS;
}

const words = new Uint32Array(SERIAL_WORDS);

/**
 * Reads the content octets of a DER INTEGER.
 * @returns the same array each time; undefined for what is no serial number here: empty, negative, over 20 significant octets
 */
export function readSerial(octets: Uint8Array, start = 0, end = octets.length): Uint32Array | undefined {
  const first = significantFrom(octets, start, end);
  if (first < 0 || end - first > SERIAL_OCTETS) return undefined;
  for (let index = SERIAL_WORDS - 1, last = end - 1; index >= 0; index -= 1) {
    let word = 0;
    for (let shift = 0; shift < 32 && last >= first; shift += 8, last -= 1) word |= octets[last]! << shift;
    words[index] = word;
  }
  return words;
}

const scratch = new Uint8Array(1 + SERIAL_OCTETS);

/** The shortest content octets of the DER INTEGER that `serial` holds (X.690, 8.3). */
export function serialOctets(serial: Uint32Array): Uint8Array {
  for (let index = 0, at = 1; index < SERIAL_WORDS; index += 1, at += 4) {
    const word = serial[index]!;
    scratch[at] = word >>> 24;
    scratch[at + 1] = word >>> 16;
    scratch[at + 2] = word >>> 8;
    scratch[at + 3] = word;
  }
  let first = 1;
  while (first < SERIAL_OCTETS && scratch[first] === 0) first += 1;
  if (scratch[first]! >= 0x80) first -= 1;
  // By hand: `slice` takes twice as long.
  const octets = new Uint8Array(scratch.length - first);
  for (let index = 0; index < octets.length; index += 1) octets[index] = scratch[first + index]!;
  return octets;
}

/** @returns how many */
export function writeOctets(octets: Uint8Array, target: DataView, offset: number): number {
  for (let index = 0; index < octets.length; index += 1) target.setUint8(offset + index, octets[index]!);
  return octets.length;
}
