// Erasable TypeScript without Nest: worker threads that answer load it (`@kakunin/status-feed/freshness`).

const AS_OF = 0;
const BLOCKED = 1;

/**
 * As of when the status data of an authority is, and whether it may be told, in shared memory: written by the feed alone,
 * read in every thread. A feed that stands still lets it grow old by itself.
 */
export class Freshness {
  readonly memory: SharedArrayBuffer;
  readonly #words: Uint32Array;

  /** @param memory of another `Freshness`; without it a new one begins with nothing known */
  constructor(memory = new SharedArrayBuffer(2 * Uint32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#words = new Uint32Array(memory);
  }

  /** Everything acknowledged to the authority before this instant is in the index; epoch ms, a whole second; 0: not known yet. */
  get asOf(): number {
    return Atomics.load(this.#words, AS_OF) * 1000;
  }

  /** An event of the authority could not be applied: nothing may be answered until an operator resolved it. */
  get blocked(): boolean {
    return Atomics.load(this.#words, BLOCKED) === 1;
  }

  /** @param asOf epoch ms, rounded down to the second */
  set({ asOf, blocked }: { readonly asOf: number; readonly blocked: boolean }): void {
    // Blocked first: what the feed could not apply must not look fresh for a moment.
    if (blocked) Atomics.store(this.#words, BLOCKED, 1);
    Atomics.store(this.#words, AS_OF, Math.floor(asOf / 1000));
    if (!blocked) Atomics.store(this.#words, BLOCKED, 0);
  }
}
