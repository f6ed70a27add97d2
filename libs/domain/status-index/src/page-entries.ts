import { CHUNK_WORDS, CHUNKS_IN_HEADER, FURTHER_CHUNKS, HEADER_WORDS } from './page-layout.ts';
import type { PageMemory } from './page-memory.ts';
import { growTo } from './shared-memory.ts';

const CHUNK_OCTETS = CHUNK_WORDS * 4;
/** For more words `copyWithin` is faster than a loop. */
const FEW = 40;

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
    return this.#memory.entries[this.#memory.placeOf(page, at)]!;
  }

  set(page: number, at: number, word: number): void {
    this.#memory.entries[this.#memory.placeOf(page, at)] = word;
  }

  /** Fills `target` with the words from the first on. */
  copy(page: number, target: Int32Array): void {
    const { entries } = this.#memory;
    for (let at = 0; at < target.length; at += CHUNK_WORDS) {
      const start = this.#memory.placeOf(page, at);
      target.set(entries.subarray(start, start + Math.min(CHUNK_WORDS, target.length - at)), at);
    }
  }

  restore(page: number, words: Int32Array): void {
    for (let at = 0; at < words.length; at += CHUNK_WORDS) {
      this.#memory.entries.set(words.subarray(at, at + CHUNK_WORDS), this.#memory.placeOf(page, at));
    }
  }

  /** Makes place for one more entry: moves the words from `at` on up by its `width`. */
  open(page: number, at: number, width: number): void {
    let end = this.#memory.revokedOf(page) * width;
    while (end > at) {
      // As many as come from one chunk and go to one chunk.
      const count = Math.min(end - at, ((end - 1) % CHUNK_WORDS) + 1, ((end + width - 1) % CHUNK_WORDS) + 1);
      end -= count;
      this.#move(this.#memory.placeOf(page, end), this.#memory.placeOf(page, end + width), count);
    }
  }

  /** Takes the entry at `at` away: moves the words behind it down by its `width`. */
  close(page: number, at: number, width: number): void {
    const length = this.#memory.revokedOf(page) * width;
    for (let from = at + width; from < length;) {
      const to = from - width;
      const count = Math.min(length - from, CHUNK_WORDS - (from % CHUNK_WORDS), CHUNK_WORDS - (to % CHUNK_WORDS));
      this.#move(this.#memory.placeOf(page, from), this.#memory.placeOf(page, to), count);
      from += count;
    }
  }

  /** Takes or gives back chunks, as needed for `length` words instead of `before`. Outside of the seqlock: it may throw. */
  resize(page: number, before: number, length: number): void {
    const had = chunksFor(before);
    const needed = chunksFor(length);
    const further = page * HEADER_WORDS + FURTHER_CHUNKS;
    if (had <= CHUNKS_IN_HEADER && needed > CHUNKS_IN_HEADER) this.#memory.headers[further] = this.#take();
    for (let chunk = had; chunk < needed; chunk += 1) this.#memory.setChunk(page, chunk, this.#take());
    for (let chunk = needed; chunk < had; chunk += 1) this.#free.push(this.#memory.chunkOf(page, chunk));
    if (needed <= CHUNKS_IN_HEADER && had > CHUNKS_IN_HEADER) this.#free.push(this.#memory.headers[further]!);
  }

  #take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (growTo(this.#buffer, (this.#taken + 1) * CHUNK_OCTETS)) this.#memory.attach();
    this.#taken += 1;
    return this.#taken - 1;
  }

  #move(from: number, to: number, count: number): void {
    const { entries } = this.#memory;
    if (count > FEW) entries.copyWithin(to, from, from + count);
    else if (from < to)
      for (let index = count - 1; index >= 0; index -= 1) entries[to + index] = entries[from + index]!;
    else for (let index = 0; index < count; index += 1) entries[to + index] = entries[from + index]!;
  }
}

const chunksFor = (length: number): number => Math.ceil(length / CHUNK_WORDS);
