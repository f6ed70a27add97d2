import { wordOf, WORKERS } from './retry-window-memory.ts';
import type { RetryWindowMemory } from './retry-window-memory.ts';

/**
 * Who is recording a request now. A worker claims the digest before it looks it up in the retry window, and releases it
 * when the record is synced and remembered, or refused: so no two record one request.
 *
 * Digests share stripes: now and then a request waits for another one, which costs it a moment.
 */
export class RequestClaims {
  readonly #claims: Int32Array;
  readonly #claimants: Int32Array;
  readonly #claimant: number;

  /** @param claimant of this worker, as `admitClaimant` gave it */
  constructor({ claims, claimants }: Pick<RetryWindowMemory, 'claims' | 'claimants'>, claimant: number) {
    this.#claims = new Int32Array(claims);
    this.#claimants = new Int32Array(claimants);
    this.#claimant = claimant;
  }

  /** @returns false while somebody who lives, this worker included, has it */
  take(digests: Uint8Array, at: number): boolean {
    const stripe = this.#stripe(digests, at);
    const holder = Atomics.compareExchange(this.#claims, stripe, 0, this.#claimant);
    if (holder === 0) return true;
    if (Atomics.load(this.#claimants, holder % WORKERS) === holder) return false;
    return Atomics.compareExchange(this.#claims, stripe, holder, this.#claimant) === holder;
  }

  release(digests: Uint8Array, at: number): void {
    Atomics.store(this.#claims, this.#stripe(digests, at), 0);
  }

  /** Whether this worker has it. */
  holds(digests: Uint8Array, at: number): boolean {
    return Atomics.load(this.#claims, this.#stripe(digests, at)) === this.#claimant;
  }

  #stripe(digests: Uint8Array, at: number): number {
    return wordOf(digests, at + 12) & (this.#claims.length - 1);
  }
}

/** @returns with what the worker claims that is about to start at a place; 0 when none was admitted there yet */
export const claimantAt = ({ claimants }: RetryWindowMemory, place: number): number =>
  Atomics.load(new Int32Array(claimants), place);

/**
 * Lets the next worker at a place claim, and ends all claims of the one that was there: what that one recorded must be
 * remembered before.
 * @returns what the new worker claims with
 */
export function admitClaimant({ claimants }: RetryWindowMemory, place: number): number {
  const words = new Int32Array(claimants);
  const before = Atomics.load(words, place);
  const claimant = before === 0 ? WORKERS + place : before + WORKERS;
  Atomics.store(words, place, claimant);
  return claimant;
}
