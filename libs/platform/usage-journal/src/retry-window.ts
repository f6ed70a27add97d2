import {
  BELOW_TURN,
  bitsFor,
  CONTROL,
  ENTRY_WORDS,
  FULL,
  GENERATIONS,
  LEAST_BITS,
  TURN_SHIFT,
  wordOf,
} from './retry-window-memory.ts';
import type { RetryWindowMemory } from './retry-window-memory.ts';

/** How much larger (as a power of two) the next generation is when one was full before its time. */
const GROWTH_BITS = 3;

/**
 * How many records of a request were synced within the last `lengthMs`, by any thread of the process.
 *
 * Entries are kept in generations, each a hash table with open addressing, and are never removed one by one. A
 * generation takes entries for half a window. When all that it holds has passed it is opened again, with another turn:
 * what carries an earlier turn counts as free. 64 bits of the digest are compared, at a place that 16 others or more
 * choose: at 40,000 requests a second one is taken for another once in some hundred thousand years.
 *
 * A digest is looked up and remembered by one thread at a time: `RequestClaims` sees to that.
 */
export class RetryWindow {
  readonly #lengthMs: number;
  readonly #control: Int32Array;
  readonly #entries: Int32Array;
  readonly #mostBits: number;
  /** Three words of the digest in hand. */
  #place = 0;
  #first = 0;
  #second = 0;

  constructor({ lengthMs, control, entries }: Pick<RetryWindowMemory, 'lengthMs' | 'control' | 'entries'>) {
    this.#lengthMs = lengthMs;
    this.#control = new Int32Array(control);
    this.#entries = new Int32Array(entries);
    this.#mostBits = Math.log2(this.#entries.length / ENTRY_WORDS / GENERATIONS);
  }

  /** @returns how many records of the request whose digest lies at `at` were synced within the window around `now` */
  count(digests: Uint8Array, at: number, now: number): number {
    this.#read(digests, at);
    const found = this.#find(now);
    return found < 0 ? 0 : this.#entries[found]! & BELOW_TURN;
  }

  /** Adds to what {@link count} says; it says no more than 1,023, which a body of 64 kB cannot ask for. */
  remember(digests: Uint8Array, at: number, synced: { readonly time: number; readonly count: number }): void {
    const known = this.count(digests, at, synced.time);
    this.#enter(synced.time, Math.min(BELOW_TURN, known + synced.count));
  }

  #read(digests: Uint8Array, at: number): void {
    this.#place = wordOf(digests, at);
    this.#first = wordOf(digests, at + 4);
    this.#second = wordOf(digests, at + 8);
  }

  /** @returns where the newest entry lies that is valid at `now`; negative when there is none */
  #find(now: number): number {
    let newest = -1;
    for (let generation = 0; generation < GENERATIONS; generation += 1) {
      const word = Atomics.load(this.#control, CONTROL.word + generation);
      if (word === 0 || this.#hasPassed(this.#control[CONTROL.newest + generation]!, now)) continue;
      const at = this.#seek(generation, word);
      const entry = Atomics.load(this.#entries, at);
      if (entry >>> TURN_SHIFT !== word >>> TURN_SHIFT || this.#hasPassed(this.#entries[at + 3]!, now)) continue;
      if (newest < 0 || entry >>> TURN_SHIFT > this.#entries[newest]! >>> TURN_SHIFT) newest = at;
    }
    return newest;
  }

  /** Either way: the clock may have been set back. */
  #hasPassed(time: number, now: number): boolean {
    return Math.abs((now - time) | 0) > this.#lengthMs;
  }

  /** @returns where the digest lies in the generation, or where it can be entered */
  #seek(generation: number, word: number): number {
    const mask = 2 ** (word & BELOW_TURN) - 1;
    const start = generation * ENTRY_WORDS * 2 ** this.#mostBits;
    for (let place = this.#place & mask; ; place = (place + 1) & mask) {
      const at = start + place * ENTRY_WORDS;
      const entry = Atomics.load(this.#entries, at);
      if (entry >>> TURN_SHIFT !== word >>> TURN_SHIFT) return at;
      if ((entry & BELOW_TURN) === 0) continue;
      if (this.#entries[at + 1] === this.#first && this.#entries[at + 2] === this.#second) return at;
    }
  }

  #enter(time: number, count: number): void {
    const entries = this.#entries;
    const generation = this.#generationFor(time);
    const word = Atomics.load(this.#control, CONTROL.word + generation);
    const beingWritten = word & ~BELOW_TURN;
    let at = this.#seek(generation, word);
    for (
      let seen = Atomics.load(entries, at);
      (seen & ~BELOW_TURN) !== beingWritten;
      seen = Atomics.load(entries, at)
    ) {
      if (Atomics.compareExchange(entries, at, seen, beingWritten) === seen) {
        entries[at + 1] = this.#first;
        entries[at + 2] = this.#second;
        Atomics.add(this.#control, CONTROL.filled + generation, 1);
        break;
      }
      at = this.#seek(generation, word);
    }
    entries[at + 3] = time;
    Atomics.store(entries, at, beingWritten | count);
    this.#control[CONTROL.newest + generation] = time;
  }

  /** @returns the youngest generation; another one becomes it when it has had its time, or is full */
  #generationFor(time: number): number {
    const control = this.#control;
    const youngest = this.#youngest();
    const word = control[CONTROL.word + youngest]!;
    const filled = control[CONTROL.filled + youngest]!;
    const full = filled >= FULL * 2 ** (word & BELOW_TURN);
    const hadItsTime = Math.abs((time - control[CONTROL.opened + youngest]!) | 0) > this.#lengthMs / 2;
    if (word !== 0 && !full && !hadItsTime) return youngest;
    const next = this.#nextToOpen(time, full);
    if (next < 0) return youngest;
    const bits = full ? (word & BELOW_TURN) + GROWTH_BITS : bitsFor(filled);
    this.#open(
      next,
      time,
      (word & ~BELOW_TURN) + (1 << TURN_SHIFT) + Math.min(this.#mostBits, Math.max(LEAST_BITS, bits)),
    );
    return this.#youngest();
  }

  #youngest(): number {
    let youngest = 0;
    for (let generation = 1; generation < GENERATIONS; generation += 1) {
      if (this.#turn(generation) > this.#turn(youngest)) youngest = generation;
    }
    return youngest;
  }

  /**
   * @returns of those that have passed the one that was in use last, so that an even load stays within the memory of
   * three; when none has, and it must be, the oldest; else a negative number
   */
  #nextToOpen(time: number, must: boolean): number {
    let next = -1;
    let oldest = 0;
    for (let generation = 0; generation < GENERATIONS; generation += 1) {
      const turn = this.#turn(generation);
      if (turn < this.#turn(oldest)) oldest = generation;
      if (turn !== 0 && !this.#hasPassed(this.#control[CONTROL.newest + generation]!, time)) continue;
      if (next < 0 || turn > this.#turn(next)) next = generation;
    }
    return next < 0 && must ? oldest : next;
  }

  #turn(generation: number): number {
    return Atomics.load(this.#control, CONTROL.word + generation) >>> TURN_SHIFT;
  }

  /** Threads that do it at once set the same; one of them succeeds. */
  #open(generation: number, time: number, word: number): void {
    const control = this.#control;
    const before = Atomics.load(control, CONTROL.word + generation);
    control[CONTROL.opened + generation] = time;
    control[CONTROL.newest + generation] = time;
    control[CONTROL.filled + generation] = 0;
    Atomics.compareExchange(control, CONTROL.word + generation, before, word);
  }
}
