const INTERVAL_MS = 2_000;

/** Says how far something is, how fast it goes, and how long it will take. */
export class Progress {
  readonly #say: (line: string) => void;
  readonly #what: string;
  readonly #total: number;
  readonly #start = performance.now();
  #last = this.#start;
  #done = 0;

  constructor(say: (line: string) => void, what: string, total: number) {
    this.#say = say;
    this.#what = what;
    this.#total = total;
  }

  step(): void {
    this.#done++;
    // Asking the time takes longer than some steps.
    if (this.#done % 64 !== 0 && this.#done !== this.#total) return;
    const now = performance.now();
    if (now - this.#last < INTERVAL_MS && this.#done !== this.#total) return;
    this.#last = now;
    const rate = (this.#done * 1_000) / (now - this.#start);
    const left = Math.ceil((this.#total - this.#done) / rate);
    this.#say(`${this.#what}: ${this.#done} of ${this.#total}, ${Math.round(rate)}/s, ${left} s left`);
  }
}
