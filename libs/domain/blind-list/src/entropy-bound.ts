/**
 * The fewest octets that can say, for each of `all` certificates, whether it is one of those `revoked`: log₂ of the number
 * of ways to choose them.
 */
export const entropyBound = (all: number, revoked: number): number =>
  (logFactorial(all) - logFactorial(revoked) - logFactorial(all - revoked)) / Math.LN2 / 8;

/** Stirling's series; exact to ten digits from 10 on, and summed below. */
function logFactorial(n: number): number {
  if (n >= 10) return n * Math.log(n) - n + Math.log(2 * Math.PI * n) / 2 + 1 / (12 * n) - 1 / (360 * n ** 3);
  let sum = 0;
  for (let factor = 2; factor <= n; factor += 1) sum += Math.log(factor);
  return sum;
}
