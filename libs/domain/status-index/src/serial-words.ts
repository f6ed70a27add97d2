/**
 * A serial number as five 32-bit words, most significant first: 20 octets, as many as RFC 5280, 4.1.2.2 allows.
 * Comparing and subtracting words allocates nothing, which BigInt would.
 */
export const SERIAL_WORDS = 5;
const SERIAL_OCTETS = SERIAL_WORDS * 4;

/**
 * Reads the content octets of a DER INTEGER into `words`.
 * @returns false, with `words` undefined, for what is no serial number here: empty, negative, over 20 significant octets
 */
export function readSerial(octets: Uint8Array, words: Uint32Array): boolean {
  const { length } = octets;
  if (length === 0 || octets[0]! >= 0x80) return false;
  let first = 0;
  while (first < length - 1 && octets[first] === 0) first += 1;
  if (length - first > SERIAL_OCTETS) return false;
  words.fill(0);
  for (let index = length - 1, place = 0; index >= first; index -= 1, place += 1) {
    words[SERIAL_WORDS - 1 - (place >> 2)]! |= octets[index]! << ((place & 3) * 8);
  }
  return true;
}

/** The shortest content octets of the DER INTEGER that `words` hold (X.690, 8.3). */
export function serialOctets(words: Uint32Array): Uint8Array {
  const octets = new Uint8Array(1 + SERIAL_OCTETS);
  const view = new DataView(octets.buffer);
  for (let index = 0; index < SERIAL_WORDS; index += 1) view.setUint32(1 + index * 4, words[index]!);
  let first = 1;
  while (first < SERIAL_OCTETS && octets[first] === 0) first += 1;
  return octets.subarray(octets[first]! >= 0x80 ? first - 1 : first);
}
