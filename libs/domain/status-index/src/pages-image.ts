/**
 * Pages as they stood when the image was made: a page that is about to change is kept for it, unless the image has passed
 * it. Read once.
 */
export class PagesImage implements Iterable<Uint8Array> {
  /** Gives up the image: pages are kept for it no more. */
  readonly release: () => void;
  readonly #pages: number;
  readonly #copy: (page: number) => Uint8Array;
  readonly #preserved = new Map<number, Uint8Array>();
  #next = 0;

  constructor(pages: number, copy: (page: number) => Uint8Array, release: () => void) {
    this.#pages = pages;
    this.#copy = copy;
    this.release = release;
  }

  /** The page is about to change. */
  preserve(page: number): void {
    if (page < this.#next || page >= this.#pages || this.#preserved.has(page)) return;
    this.#preserved.set(page, this.#copy(page));
  }

  /** In pieces of about 35 kB: a file takes a few large ones faster than many small ones. */
  *[Symbol.iterator](): Generator<Uint8Array> {
    while (this.#next < this.#pages) yield Buffer.concat(this.#take(PAGES_A_PIECE));
    this.release();
  }

  #take(most: number): Uint8Array[] {
    const taken: Uint8Array[] = [];
    for (; this.#next < this.#pages && taken.length < most; this.#next += 1) {
      taken.push(this.#preserved.get(this.#next) ?? this.#copy(this.#next));
      this.#preserved.delete(this.#next);
    }
    return taken;
  }
}

const PAGES_A_PIECE = 8;
