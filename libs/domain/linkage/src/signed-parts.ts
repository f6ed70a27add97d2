/** Octets to be signed or hashed: each part is preceded by its length (2 octets, big-endian), so that no two lists of parts are alike. */
export function joinParts(parts: readonly (Uint8Array | string)[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const octets = Buffer.from(part);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(octets.length);
      return [length, octets];
    }),
  );
}
