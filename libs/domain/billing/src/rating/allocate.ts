/**
 * Shares an amount out in proportion to weights by largest remainder, to the yen: each gets its share rounded down;
 * what is left goes yen by yen to the largest fractions, and among equal ones to the first code by code unit.
 * No share is larger than its proportion rounded up.
 * @param amount yen, 0 or more
 * @param weights by code, each 0 or more; all 0: nobody gets anything
 */
export function allocate(amount: bigint, weights: ReadonlyMap<string, bigint>): ReadonlyMap<string, bigint> {
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0n);
  const shares = [...weights].map(([code, weight]) => {
    const product = amount * weight;
    return sum === 0n ? { code, yen: 0n, rest: 0n } : { code, yen: product / sum, rest: product % sum };
  });
  shares.sort((one, other) => compare(other.rest, one.rest) || compare(one.code, other.code));
  let left = sum === 0n ? 0n : amount - shares.reduce((total, { yen }) => total + yen, 0n);
  return new Map(shares.map(({ code, yen }) => [code, left-- > 0n ? yen + 1n : yen]));
}

const compare = <T extends bigint | string>(one: T, other: T): number => (one === other ? 0 : one < other ? -1 : 1);
