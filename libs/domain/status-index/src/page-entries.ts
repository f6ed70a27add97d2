import { CHUNK_BITS, CHUNK_WORDS, FIRST_CHUNK, HEADER_WORDS } from './page-layout.ts';
import type { PageMemory } from './page-memory.ts';
import { growTo } from './shared-memory.ts';

const CHUNK_OCTETS = CHUNK_WORDS * 4;
const IN_CHUNK = CHUNK_WORDS - 1;

/** The words of a page's entries as one list, though it lies in chunks. Writer only, under the page's seqlock. */
export class PageEntries {
  readonly #memory: PageMemory;
  readonly #buffer: SharedArrayBuffer;
  readonly #free: number[] = [];
  #taken = 0;

  constructor(memory: PageMemory, buffer: SharedArrayBuffer) {
    this.#memory = memory;
    this.#buffer = buffer;
  }

  get(page: number, at: number): number {
    return this.#memory.entries[this.#place(page, at)]!;
  }

  set(page: number, at: number, word: number): void {
    this.#memory.entries[this.#place(page, at)] = word;
  }

  /** Fills `target` with the words from the first on. */
  copy(page: number, target: Int32Array): void {
    const { entries } = this.#memory;
    for (let at = 0; at < target.length; at += CHUNK_WORDS) {
      const start = this.#place(page, at);
      target.set(entries.subarray(start, start + Math.min(CHUNK_WORDS, target.length - at)), at);
    }
  }

  restore(page: number, words: Int32Array): void {
    for (let at = 0; at < words.length; at += CHUNK_WORDS) {
      this.#memory.entries.set(words.subarray(at, at + CHUNK_WORDS), this.#place(page, at));
    }
  }

  /** Makes place for one more entry: moves the words from `at` on up by its `width`. */
  open(page: number, at: number, width: number): void {
    let end = this.#memory.revokedOf(page) * width;
    while (end > at) {
      // As many as come from one chunk and go to one chunk.
      const count = Math.min(end - at, ((end - 1) & IN_CHUNK) + 1, ((end + width - 1) & IN_CHUNK) + 1);
      end -= count;
      this.#move(this.#place(page, end), this.#place(page, end + width), count);
    }
  }

  /** Takes the entry at `at` away: moves the words behind it down by its `width`. */
  close(page: number, at: number, width: number): void {
    const length = this.#memory.revokedOf(page) * width;
    for (let from = at + width; from < length;) {
      const to = from - width;
      const count = Math.min(length - from, CHUNK_WORDS - (from & IN_CHUNK), CHUNK_WORDS - (to & IN_CHUNK));
      this.#move(this.#place(page, from), this.#place(page, to), count);
      from += count;
    }
  }

  /** Takes or gives back chunks, as needed for `length` words instead of `before`. Outside of the seqlock: it may throw. */
  resize(page: number, before: number, length: number): void {
    const first = page * HEADER_WORDS + FIRST_CHUNK;
    const { headers } = this.#memory;
    for (let chunk = chunksFor(before); chunk < chunksFor(length); chunk += 1) headers[first + chunk] = this.#take();
    // The number stays where it is: a reader that is overtaken may still look there.
    for (let chunk = chunksFor(length); chunk < chunksFor(before); chunk += 1) this.#free.push(headers[first + chunk]!);
  }

  #take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (growTo(this.#buffer, (this.#taken + 1) * CHUNK_OCTETS)) this.#memory.attach();
    this.#taken += 1;
    return this.#taken - 1;
  }

  #place(page: number, at: number): number {
    const chunk = this.#memory.headers[page * HEADER_WORDS + FIRST_CHUNK + (at >>> CHUNK_BITS)]!;
    return chunk * CHUNK_WORDS + (at & IN_CHUNK);
  }

  /** Within a chunk, or a few words between two: a loop is faster here than `copyWithin`. */
  #move(from: number, to: number, count: number): void {
    const { entries } = this.#memory;
    if (from < to) for (let index = count - 1; index >= 0; index -= 1) entries[to + index] = entries[from + index]!;
    else for (let index = 0; index < count; index += 1) entries[to + index] = entries[from + index]!;
  }
}

const chunksFor = (length: number): number => (length + IN_CHUNK) >>> CHUNK_BITS;
