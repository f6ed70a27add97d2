/** r and s of an ECDSA signature as WebCrypto gives them (IEEE P1363), as DER (RFC 3279, 2.2.3). */
export function derOfSignature(plain: Uint8Array): Uint8Array {
  const half = plain.length / 2;
  const numbers = [plain.subarray(0, half), plain.subarray(half)].map(integer);
  const length = numbers.reduce((sum, { length: one }) => sum + one, 0);
  return Uint8Array.from([0x30, length, ...numbers.flat()]);
}

/** At most 97 octets in all for P-384: every length is a single octet. */
function integer(octets: Uint8Array): number[] {
  let first = 0;
  while (first < octets.length - 1 && octets[first] === 0) first += 1;
  const magnitude = [...octets.subarray(first)];
  if ((magnitude[0] ?? 0) >= 0x80) magnitude.unshift(0);
  return [0x02, magnitude.length, ...magnitude];
}
