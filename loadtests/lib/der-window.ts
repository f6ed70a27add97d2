/** Where the content of a TLV (X.690, 8.1) begins and ends in its octets. */
export interface Content {
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads tag and length of the TLV that begins at `at`.
 * @returns undefined when it reaches beyond `end`: octets from elsewhere must not stop a campaign
 */
export function contentAt(octets: Uint8Array, at: number, end: number): Content | undefined {
  const [tag, first] = [octets[at], octets[at + 1]];
  if (at + 2 > end || tag === undefined || first === undefined) return undefined;
  let [start, length] = [at + 2, first];
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 3 || start + count > end) return undefined;
    length = 0;
    for (const last = start + count; start < last; start += 1) length = length * 256 + (octets[start] ?? 0);
  }
  return start + length > end ? undefined : { tag, start, end: start + length };
}
