import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { ProbingError } from './probing-error.ts';

/**
 * Honey: certificates that are issued and that nobody holds. Whoever asks about one has guessed it, has walked there from
 * a neighbour, or has a list that he should not have. Which ordinals are honey is decided by a key, so that nothing is
 * stored, and a copy of the database does not tell them from persons. Whoever allots serial numbers asks here which of
 * them not to give to a person.
 */
export class HoneyOrdinals {
  readonly #key: KeyObject;
  readonly #threshold: number;

  /**
   * @param key 32 octets from a cryptographic source
   * @param oneIn on average one ordinal in so many. Who goes through n certificates meets none with probability
   * (1 − 1/oneIn)ⁿ: of 10,000 at one in 1,000, once in 22,000 times
   * @throws ProbingError `honey_rate_invalid`
   */
  constructor(key: Uint8Array, oneIn: number) {
    if (!(oneIn >= 2 && oneIn <= 2 ** 31))
      throw new ProbingError('honey_rate_invalid', 'One in 2 to 2³¹ can be honey.');
    this.#key = createSecretKey(key);
    this.#threshold = Math.floor(2 ** 32 / oneIn);
  }

  has(authorityId: string, ordinal: number): boolean {
    const mac = createHmac('sha256', this.#key).update(`honey ${ordinal} ${authorityId}`).digest();
    return mac.readUInt32BE() < this.#threshold;
  }
}
