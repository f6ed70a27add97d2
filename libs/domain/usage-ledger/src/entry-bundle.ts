/** Leaves, each after its length (u16, big-endian): what C2SP tlog-tiles calls an entry bundle. @throws RangeError at 65,536 octets, which no usage record has */
export function encodeEntries(entries: readonly Uint8Array[]): Buffer {
  const octets = Buffer.allocUnsafe(entries.reduce((sum, { length }) => sum + 2 + length, 0));
  let at = 0;
  for (const entry of entries) {
    octets.writeUInt16BE(entry.length, at);
    octets.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return octets;
}

/** @returns views of the leaves; undefined when the octets do not end where a leaf ends */
export function decodeEntries(octets: Uint8Array): Uint8Array[] | undefined {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at + 2 <= octets.length) {
    const end = at + 2 + ((octets[at]! << 8) | octets[at + 1]!);
    if (end > octets.length) return undefined;
    entries.push(octets.subarray(at + 2, end));
    at = end;
  }
  return at === octets.length ? entries : undefined;
}
