import { BUCKET_WORDS, ENTRIES, FIRST_LEVEL, LEVEL_STEP, SECOND, STATE, TIME, wordOf } from './retry-window-memory.ts';
import type { RetryWindowMemory } from './retry-window-memory.ts';

/** Below it in the state of an entry: how many records, 0 while it is being written. Above: how often it was taken. */
const TAKEN = 2 ** 10;
const COUNT = TAKEN - 1;

/** How exactly it is known when a level was last written to, milliseconds. */
const LEVEL_PRECISION = 1_000;

/**
 * How many records of a request were synced within the last `lengthMs`, by any thread of the process.
 *
 * A digest has its place in one bucket, and is entered over whatever has passed there: nothing is ever removed. When a
 * bucket is full, the next level is used from then on, which has four times as many, and digests are sought at the level before,
 * too, until what was entered there has passed. 64 bits of the digest are compared, in a bucket that others choose: at
 * 40,000 requests a second one is taken for another once in a million years.
 *
 * A digest is looked up and remembered by one thread at a time: `RequestClaims` sees to that, and its atomic operations
 * order what they find, so that plain reads do here (`Atomics.load` costs several times as much).
 */
export class RetryWindow {
  readonly #lengthMs: number;
  readonly #levels: Int32Array;
  readonly #entries: Int32Array;
  readonly #lastLevel: number;
  /** Three words of the digest in hand. */
  #place = 0;
  #first = 0;
  #second = 0;

  constructor({ lengthMs, levels, entries }: Pick<RetryWindowMemory, 'lengthMs' | 'levels' | 'entries'>) {
    this.#lengthMs = lengthMs;
    this.#levels = new Int32Array(levels);
    this.#entries = new Int32Array(entries);
    this.#lastLevel = Math.log2(this.#entries.length / BUCKET_WORDS) - 1;
  }

  /** @returns how many records of the request whose digest lies at `at` were synced within the window around `now` */
  count(digests: Uint8Array, at: number, now: number): number {
    this.#read(digests, at);
    const used = this.#levels[0]!;
    for (let level = used; level >= FIRST_LEVEL; level -= LEVEL_STEP) {
      if (level !== used && this.#isPast(this.#levels[level]!, now, this.#lengthMs + LEVEL_PRECISION)) continue;
      const found = this.#seek(level, now);
      if (found >= 0) return this.#entries[found + STATE]! & COUNT;
    }
    return 0;
  }

  /** `count`: of all records of the request that are synced, 1,023 at most, which a body of 64 kB cannot ask for. */
  remember(digests: Uint8Array, at: number, synced: { readonly time: number; readonly count: number }): void {
    this.#read(digests, at);
    while (!this.#enter(synced.time, Math.min(COUNT, synced.count)));
  }

  #read(digests: Uint8Array, at: number): void {
    this.#place = wordOf(digests, at);
    this.#first = wordOf(digests, at + 4);
    this.#second = wordOf(digests, at + 8);
  }

  /** Either way: the clock may have been set back. */
  #isPast(time: number, now: number, length = this.#lengthMs): boolean {
    return Math.abs((now - time) | 0) > length;
  }

  #bucketAt(level: number): number {
    const buckets = 1 << level;
    return (buckets | (this.#place & (buckets - 1))) * BUCKET_WORDS;
  }

  /** @returns where the entry of the digest lies; negative when there is none */
  #seek(level: number, now: number): number {
    const entries = this.#entries;
    const start = this.#bucketAt(level);
    for (let at = start; at < start + ENTRIES; at += 1) {
      if (entries[at] !== this.#first || entries[at + SECOND] !== this.#second) continue;
      if ((entries[at + STATE]! & COUNT) !== 0 && !this.#isPast(entries[at + TIME]!, now)) return at;
    }
    return -1;
  }

  /** @returns false when another thread was faster, or another level is to be used: then it is to be tried again */
  #enter(time: number, count: number): boolean {
    const entries = this.#entries;
    const level = this.#levels[0]!;
    const found = this.#seek(level, time);
    const at = found >= 0 ? found : this.#free(level, time);
    if (at < 0) return this.#nextLevel(level);
    const seen = entries[at + STATE]!;
    const taken = (seen + TAKEN) & ~COUNT;
    if (Atomics.compareExchange(entries, at + STATE, seen, taken) !== seen) return false;
    entries[at] = this.#first;
    entries[at + SECOND] = this.#second;
    entries[at + TIME] = time;
    Atomics.store(entries, at + STATE, taken | count);
    if (this.#isPast(this.#levels[level]!, time, LEVEL_PRECISION)) this.#levels[level] = time;
    return true;
  }

  /** @returns a place for the digest; negative when its bucket is full and there is another level */
  #free(level: number, now: number): number {
    const entries = this.#entries;
    const start = this.#bucketAt(level);
    let oldest = start;
    for (let at = start; at < start + ENTRIES; at += 1) {
      const state = entries[at + STATE]!;
      if (state === 0) return at;
      if ((state & COUNT) === 0) continue;
      if (this.#isPast(entries[at + TIME]!, now)) return at;
      if (((entries[at + TIME]! - entries[oldest + TIME]!) | 0) < 0) oldest = at;
    }
    return level < this.#lastLevel ? -1 : oldest;
  }

  #nextLevel(level: number): false {
    Atomics.compareExchange(this.#levels, 0, level, level + LEVEL_STEP);
    return false;
  }
}
