import { WEBHOOK_TOLERANCE } from './webhook-signature.ts';

/** A delivery is tried for up to four days, each time with a new timestamp: a message that was taken is known that long. */
const DEFAULT_WINDOW = 4 * 86_400_000;

/**
 * Tells a message that was taken already from a new one, by its id. In memory: a receiver with several processes, or
 * one that must not act twice after a restart, keeps the ids in the transaction in which it acts.
 */
export class ReplayWindow {
  /** When each was taken; the oldest first. */
  readonly #taken = new Map<string, number>();
  readonly #window: number;
  readonly #most: number;

  /** @param most how many ids are kept: beyond that the oldest go first */
  constructor({
    window = DEFAULT_WINDOW,
    most = 1_000_000,
  }: { readonly window?: number; readonly most?: number } = {}) {
    this.#window = Math.max(window, 2 * WEBHOOK_TOLERANCE);
    this.#most = most;
  }

  /** True once for each id: note it, and act. Only for messages whose signature was valid. */
  take(id: string, now: number): boolean {
    for (const [oldest, at] of this.#taken) {
      if (at > now - this.#window) break;
      this.#taken.delete(oldest);
    }
    if (this.#taken.has(id)) return false;
    if (this.#taken.size >= this.#most) this.#taken.delete(this.#taken.keys().next().value!);
    this.#taken.set(id, now);
    return true;
  }

  get size(): number {
    return this.#taken.size;
  }
}
