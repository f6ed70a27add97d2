import type { PackedState } from './packed-state.ts';
import { growTo } from './shared-memory.ts';

const ROW_WORDS = 4;
export const ROW_OCTETS = ROW_WORDS * 4;
const ROWS_A_PAGE = 4096;

const FLAGS = 0xff;
const BEING_WRITTEN = 0x100;
const VERSION_STEP = 0x200;

/**
 * One row of four words for each ordinal: version and flags, notAfter, revocationDate, invalidityDate. A row fits a
 * cache line. Each row is a seqlock: the writer marks the first word, writes the others and then steps the version;
 * a reader that saw a mark, or a version that moved, reads again. So no reader ever sees half a change.
 */
export class StatusRows {
  readonly #buffer: SharedArrayBuffer;
  readonly #words: Uint32Array;
  readonly #images = new Set<RowsImage>();

  constructor(buffer: SharedArrayBuffer) {
    this.#buffer = buffer;
    this.#words = new Uint32Array(buffer);
  }

  flags(ordinal: number): number {
    const at = ordinal * ROW_WORDS;
    return at < this.#words.length ? Atomics.load(this.#words, at) & FLAGS : 0;
  }

  read(ordinal: number): PackedState {
    const words = this.#words;
    const at = ordinal * ROW_WORDS;
    if (at >= words.length) return { flags: 0, notAfter: 0, revocationDate: 0, invalidityDate: 0 };
    for (;;) {
      const first = Atomics.load(words, at);
      const notAfter = Atomics.load(words, at + 1);
      const revocationDate = Atomics.load(words, at + 2);
      const invalidityDate = Atomics.load(words, at + 3);
      if ((first & BEING_WRITTEN) === 0 && Atomics.load(words, at) === first) {
        return { flags: first & FLAGS, notAfter, revocationDate, invalidityDate };
      }
    }
  }

  /** Writer only. @throws StatusIndexError `capacity_exceeded` */
  write(ordinal: number, state: PackedState): void {
    growTo(this.#buffer, (ordinal + 1) * ROW_OCTETS);
    for (const image of this.#images) image.preserve(Math.floor(ordinal / ROWS_A_PAGE));
    const words = this.#words;
    const at = ordinal * ROW_WORDS;
    const first = Atomics.load(words, at);
    Atomics.store(words, at, first | BEING_WRITTEN);
    Atomics.store(words, at + 1, state.notAfter);
    Atomics.store(words, at + 2, state.revocationDate);
    Atomics.store(words, at + 3, state.invalidityDate);
    Atomics.store(words, at, ((first & ~(FLAGS | BEING_WRITTEN)) + VERSION_STEP) | state.flags);
  }

  /** Writer only: a target to fill with stored rows before anyone reads. */
  reserve(rows: number): Uint8Array {
    growTo(this.#buffer, rows * ROW_OCTETS);
    return new Uint8Array(this.#buffer, 0, rows * ROW_OCTETS);
  }

  /** The first rows as they stand at this moment, whatever is written until the image is released. */
  image(rows: number): RowsImage {
    const image = new RowsImage(this.#buffer, rows, () => this.#images.delete(image));
    this.#images.add(image);
    return image;
  }
}

/** Copy on write by page: a page that is about to change is kept for the image unless the image has passed it. Read once. */
export class RowsImage implements Iterable<Uint8Array> {
  readonly #octets: Uint8Array;
  readonly #pages: number;
  readonly #preserved = new Map<number, Uint8Array>();
  /** Gives up the image: pages are kept for it no more. */
  readonly release: () => void;
  #next = 0;

  constructor(buffer: SharedArrayBuffer, rows: number, release: () => void) {
    this.release = release;
    this.#octets = new Uint8Array(buffer, 0, rows * ROW_OCTETS);
    this.#pages = Math.ceil(rows / ROWS_A_PAGE);
  }

  preserve(page: number): void {
    if (page < this.#next || page >= this.#pages || this.#preserved.has(page)) return;
    this.#preserved.set(page, this.#copy(page));
  }

  *[Symbol.iterator](): Generator<Uint8Array> {
    while (this.#next < this.#pages) {
      const page = this.#next;
      const octets = this.#preserved.get(page) ?? this.#copy(page);
      this.#preserved.delete(page);
      this.#next += 1;
      yield octets;
    }
    this.release();
  }

  #copy(page: number): Uint8Array {
    const pageOctets = ROWS_A_PAGE * ROW_OCTETS;
    return this.#octets.slice(page * pageOctets, (page + 1) * pageOctets);
  }
}
