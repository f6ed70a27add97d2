/**
 * The order of serial numbers as numbers: negative when `one` is smaller, 0 when both are the same.
 * Both are content octets of non-negative INTEGERs, minimal as DER wants them: the longer is the larger.
 */
export function compareSerialNumbers(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== other.length) return one.length - other.length;
  for (let index = 0; index < one.length; index++) {
    const difference = one[index]! - other[index]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
