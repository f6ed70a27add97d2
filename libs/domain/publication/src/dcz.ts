/** RFC 9842, 4: a zstd skippable frame, so that `zstd -d --patch-from` reads the file as it is. */
const MAGIC = Uint8Array.of(0x5e, 0x2a, 0x4d, 0x18, 0x20, 0x00, 0x00, 0x00);
const SHA256_OCTETS = 32;

/** Octets before the zstd frame of a `dcz` file. */
export const DCZ_HEADER_OCTETS: number = MAGIC.length + SHA256_OCTETS;

/**
 * The header of a file compressed with a dictionary (RFC 9842, `dcz`).
 * @param dictionary SHA-256 of the dictionary, 32 octets
 */
export function encodeDczHeader(dictionary: Uint8Array): Uint8Array {
  const header = new Uint8Array(DCZ_HEADER_OCTETS);
  header.set(MAGIC);
  header.set(dictionary, MAGIC.length);
  return header;
}

/** @returns SHA-256 of the dictionary that the file needs; undefined when it does not begin as `dcz` does */
export function decodeDczHeader(octets: Uint8Array): Uint8Array | undefined {
  if (octets.length < DCZ_HEADER_OCTETS || MAGIC.some((octet, at) => octets[at] !== octet)) return undefined;
  return octets.slice(MAGIC.length, DCZ_HEADER_OCTETS);
}
