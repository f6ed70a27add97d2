import { FairQueue } from './fair-queue.ts';
import type { LineOptions } from './sliced-line.ts';

export interface ParallelLineOptions<T> extends LineOptions<T> {
  /** How many are served at once. */
  readonly places: number;
  /**
   * @returns undefined when it is done at once; otherwise it keeps its place until the promise is fulfilled: false when
   * what serves did not
   */
  readonly serve: (item: T) => Promise<boolean> | undefined;
  /** Told of whom nobody serves: all who wait when a service fails, and who would have to wait until one succeeds. */
  readonly unserved: (item: T) => void;
}

/** Who waits for work that is done elsewhere, such as in a device. */
export class ParallelLine<T extends object> {
  readonly #options: ParallelLineOptions<T>;
  readonly #queue: FairQueue<T>;
  #taken = 0;
  #fails = false;

  constructor(options: ParallelLineOptions<T>) {
    this.#options = options;
    this.#queue = new FairQueue(options.limit);
  }

  get length(): number {
    return this.#queue.length;
  }

  get isIdle(): boolean {
    return this.#taken === 0 && this.length === 0;
  }

  enter(caller: string, item: T): void {
    const { places, overflow, unserved } = this.#options;
    if (this.#fails && this.#taken >= places) return unserved(item);
    const displaced = this.#queue.push(caller, item);
    if (displaced) overflow(displaced);
    this.#serveNext();
  }

  #serveNext(): void {
    while (this.#taken < this.#options.places) {
      const item = this.#queue.shift();
      if (!item) return;
      const work = this.#options.serve(item);
      if (!work) continue;
      this.#taken += 1;
      const failed = (): void => this.#ended(false);
      void work.then((succeeded) => this.#ended(succeeded), failed);
    }
  }

  #ended(succeeded: boolean): void {
    this.#taken -= 1;
    this.#fails = !succeeded;
    if (succeeded) return this.#serveNext();
    for (let item = this.#queue.shift(); item; item = this.#queue.shift()) this.#options.unserved(item);
  }
}
