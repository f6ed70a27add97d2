const INTERVAL_MS = 250;

/** A worker whose event loop turns counts on; one that hangs stands still, which the main thread sees. */
export class Pulse {
  readonly memory: SharedArrayBuffer;
  readonly #beats: Int32Array;

  constructor(memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#beats = new Int32Array(memory);
  }

  get beats(): number {
    return Atomics.load(this.#beats, 0);
  }

  /** @returns how to stop */
  beat(): () => void {
    const once = (): unknown => Atomics.add(this.#beats, 0, 1);
    // At once: who watched the last worker of this place must see that another one lives.
    once();
    const timer = setInterval(once, INTERVAL_MS);
    return () => clearInterval(timer);
  }
}
