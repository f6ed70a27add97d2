export interface HangWatchInput {
  /** How long something may be done without end, milliseconds. */
  readonly patience: number;
  /** Whether something is being done, and how often it was done: the same at some looks in a row is a hang. */
  readonly work: () => { readonly busy: boolean; readonly done: number };
  /** Told when it hangs, and when it goes on. */
  readonly onChange: (hangs: boolean) => void;
}

const LOOKS = 5;

/** Notices a disk that neither takes what it was given nor refuses it: no callback tells of that. */
export class HangWatch {
  readonly #input: HangWatchInput;
  readonly #timer: NodeJS.Timeout;
  #seen = 0;
  #same = 0;
  #hangs = false;

  constructor(input: HangWatchInput) {
    this.#input = input;
    this.#timer = setInterval(() => this.#look(), input.patience / LOOKS).unref();
  }

  get hangs(): boolean {
    return this.#hangs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { busy, done } = this.#input.work();
    this.#same = busy && done === this.#seen ? this.#same + 1 : 0;
    this.#seen = done;
    const hangs = this.#same >= LOOKS;
    if (hangs === this.#hangs) return;
    this.#hangs = hangs;
    this.#input.onChange(hangs);
  }
}
