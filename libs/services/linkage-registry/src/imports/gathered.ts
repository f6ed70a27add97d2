/**
 * What a source brings, in batches: all that has come while the reader was busy, at most so much. A list at full speed fills
 * its batches, a record that comes alone is a batch of one at once, and the source waits when a whole batch does.
 */
export async function* gathered<T>(source: AsyncIterable<T>, most: number): AsyncGenerator<readonly T[]> {
  const desk = new Desk<T>(most);
  const bringing = desk.bring(source);
  // Whoever reads to the end hears of it below; whoever stops early does not want to.
  bringing.catch(() => undefined);
  try {
    for (let batch = await desk.take(); batch.length > 0; batch = await desk.take()) yield batch;
    await bringing;
  } finally {
    desk.close();
  }
}

/** Between one who brings and one who takes. */
class Desk<T> {
  readonly #most: number;
  #waiting: T[] = [];
  #ended = false;
  #closed = false;
  #brought = (): void => undefined;
  #taken = (): void => undefined;

  constructor(most: number) {
    this.#most = most;
  }

  async bring(source: AsyncIterable<T>): Promise<void> {
    try {
      for await (const item of source) {
        this.#waiting.push(item);
        this.#brought();
        if (this.#waiting.length >= this.#most) await new Promise<void>((resolve) => (this.#taken = resolve));
        if (this.#closed) return;
      }
    } finally {
      this.#ended = true;
      this.#brought();
    }
  }

  /** Nothing when nothing more comes. */
  async take(): Promise<readonly T[]> {
    while (this.#waiting.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => (this.#brought = resolve));
    }
    const batch = this.#waiting;
    this.#waiting = [];
    this.#taken();
    return batch;
  }

  close(): void {
    this.#closed = true;
    this.#taken();
  }
}
