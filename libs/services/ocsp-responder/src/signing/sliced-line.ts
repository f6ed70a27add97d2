import { FairQueue } from './fair-queue.ts';

export interface LineOptions<T> {
  /** Most that wait. */
  readonly limit: number;
  /** Told of what finds no place. */
  readonly overflow: (item: T) => void;
}

export interface SlicedLineOptions<T> extends LineOptions<T> {
  /** Does the whole work, on this thread. */
  readonly serve: (item: T) => void;
}

/** Between slices the event loop reads and sends: what needs no signature waits no longer than this. */
const SLICE_MS = 2;

/** Who waits for work that takes this thread's time. It is done in slices, one caller after the other. */
export class SlicedLine<T extends object> {
  readonly #options: SlicedLineOptions<T>;
  readonly #queue: FairQueue<T>;
  #isDue = false;

  constructor(options: SlicedLineOptions<T>) {
    this.#options = options;
    this.#queue = new FairQueue(options.limit);
  }

  get length(): number {
    return this.#queue.length;
  }

  enter(caller: string, item: T): void {
    const displaced = this.#queue.push(caller, item);
    if (displaced) this.#options.overflow(displaced);
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(this.#slice);
  }

  readonly #slice = (): void => {
    const end = performance.now() + SLICE_MS;
    do {
      const item = this.#queue.shift();
      if (item) this.#options.serve(item);
    } while (this.#queue.length > 0 && performance.now() < end);
    this.#isDue = this.#queue.length > 0;
    if (this.#isDue) setImmediate(this.#slice);
  };
}
