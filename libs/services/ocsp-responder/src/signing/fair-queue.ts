/** What one caller has waiting, oldest first. */
class Lane<T> {
  #items: T[] = [];
  /** Items before it were given out. */
  #first = 0;

  get length(): number {
    return this.#items.length - this.#first;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T {
    const item = this.#items[this.#first]!;
    this.#first += 1;
    // Now and then, because moving what is left costs as much as there is left.
    if (this.#first * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }

  pop(): T {
    return this.#items.pop()!;
  }
}

/**
 * A bounded queue of several callers that are served in turns, one item each, so that nobody waits for another's crowd.
 * When it is full, the caller with the most waiting gives way.
 */
export class FairQueue<T> {
  readonly #limit: number;
  /** By caller; who was here once keeps his lane, empty or not: callers are those registered. */
  readonly #lanes = new Map<string, Lane<T>>();
  /** The lanes with something in them, in the order of their turns. */
  readonly #waiting: Lane<T>[] = [];
  #turn = 0;
  #length = 0;

  /** @param limit items of all callers together, at least 1 */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#length;
  }

  /** @returns the item that finds no place: this one, or the newest of a longer lane; undefined when there was room */
  push(caller: string, item: T): T | undefined {
    const lane = this.#laneOf(caller);
    const displaced = this.#length < this.#limit ? undefined : this.#displace(lane);
    if (this.#length >= this.#limit) return item;
    if (lane.length === 0) this.#waiting.push(lane);
    lane.push(item);
    this.#length += 1;
    return displaced;
  }

  /** The item whose turn it is; undefined when nothing waits. */
  shift(): T | undefined {
    if (this.#turn >= this.#waiting.length) this.#turn = 0;
    const lane = this.#waiting[this.#turn];
    if (!lane) return undefined;
    const item = lane.shift();
    this.#length -= 1;
    if (lane.length === 0) this.#waiting.splice(this.#turn, 1);
    else this.#turn += 1;
    return item;
  }

  #laneOf(caller: string): Lane<T> {
    const known = this.#lanes.get(caller);
    if (known) return known;
    const lane = new Lane<T>();
    this.#lanes.set(caller, lane);
    return lane;
  }

  /** Takes one from the longest lane, when that one stays as long as the other becomes. */
  #displace(lane: Lane<T>): T | undefined {
    const longest = this.#waiting.reduce((one, other) => (other.length > one.length ? other : one));
    if (longest.length < lane.length + 2) return undefined;
    this.#length -= 1;
    return longest.pop();
  }
}
