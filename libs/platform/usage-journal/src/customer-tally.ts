/** How many events of one customer the open segment holds, which numbers them (event ids). Belongs to one writer. */
export class CustomerTally {
  #sequence = 0n;
  #events = 0;

  /** Adds events that were recorded in a segment. @returns the number of the first one */
  add(sequence: bigint, events: number): number {
    if (sequence !== this.#sequence) {
      this.#sequence = sequence;
      this.#events = 0;
    }
    const first = this.#events;
    this.#events += events;
    return first;
  }
}
