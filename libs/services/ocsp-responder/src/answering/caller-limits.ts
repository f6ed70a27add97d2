/** The limits that stand in the configuration; 0 sets none. */
export interface CallerLimitOptions {
  readonly requestsPerSecond: number;
  readonly connections: number;
}

/** Shared by all workers. */
export interface CallerLimitsMemory extends CallerLimitOptions {
  readonly workers: number;
  readonly slots: SharedArrayBuffer;
  readonly connectionCounts: SharedArrayBuffer;
}

/** Slots for callers by name; 25 platform providers and some that were refused need few of them. */
const NAMES = 4_096;
/** Slots for anonymous callers by address: two whose addresses fall together share a limit, one in 16,384. */
const ADDRESSES = 16_384;
const SLOTS = NAMES + ADDRESSES;
/** Words of a slot: whose it is, the second that is counted in, and how often he asked in it. */
const OWNER = 0;
const SECOND = 1;
const COUNT = 2;
const WORDS = 3;

/**
 * How often each caller asks, and how many connections it holds, over all workers: a limit that each worker kept for itself
 * would grow with them. All words are written by atomic operations of any thread.
 */
export class CallerLimits {
  readonly #memory: CallerLimitsMemory;
  readonly #worker: number;
  readonly #slots: Int32Array;
  readonly #connections: Int32Array;

  /** @param worker number of the thread that asks, from 0 */
  constructor(memory: CallerLimitsMemory, worker: number) {
    this.#memory = memory;
    this.#worker = worker;
    this.#slots = new Int32Array(memory.slots);
    this.#connections = new Int32Array(memory.connectionCounts);
  }

  static memoryFor(workers: number, options: CallerLimitOptions): CallerLimitsMemory {
    const octets = Int32Array.BYTES_PER_ELEMENT;
    return {
      ...options,
      workers,
      slots: new SharedArrayBuffer(SLOTS * WORDS * octets),
      connectionCounts: new SharedArrayBuffer(workers * SLOTS * octets),
    };
  }

  /** The same slot for the same code in every worker. Codes are those of registered parties, so slots do not run out. */
  slotOf(code: string): number {
    const owner = hashOf(code) | 1;
    for (let probe = 0; probe < NAMES; probe += 1) {
      const slot = (owner + probe) & (NAMES - 1);
      const before = Atomics.compareExchange(this.#slots, slot * WORDS + OWNER, 0, owner);
      if (before === 0 || before === owner) return slot;
    }
    return owner & (NAMES - 1);
  }

  slotOfAddress(address: string): number {
    return NAMES + (hashOf(address) & (ADDRESSES - 1));
  }

  /** Counts a request. @returns false when the slot has had its requests of this second */
  admits(slot: number, now: number): boolean {
    const { requestsPerSecond } = this.#memory;
    if (requestsPerSecond === 0) return true;
    const at = slot * WORDS;
    const second = Math.floor(now / 1000) | 0;
    const counted = Atomics.load(this.#slots, at + SECOND);
    if (counted !== second && Atomics.compareExchange(this.#slots, at + SECOND, counted, second) === counted) {
      Atomics.store(this.#slots, at + COUNT, 0);
    }
    return Atomics.add(this.#slots, at + COUNT, 1) < requestsPerSecond;
  }

  /** Counts a connection, which {@link disconnect} takes back. @returns false when the slot has had its number, and counts nothing */
  connect(slot: number): boolean {
    const { connections, workers } = this.#memory;
    if (connections === 0) return true;
    let held = 0;
    for (let worker = 0; worker < workers; worker += 1) held += Atomics.load(this.#connections, worker * SLOTS + slot);
    if (held >= connections) return false;
    Atomics.add(this.#connections, this.#worker * SLOTS + slot, 1);
    return true;
  }

  disconnect(slot: number): void {
    if (this.#memory.connections > 0) Atomics.sub(this.#connections, this.#worker * SLOTS + slot, 1);
  }

  /** The connections of a worker that died are gone with it. */
  forgetConnections(): void {
    this.#connections.fill(0, this.#worker * SLOTS, (this.#worker + 1) * SLOTS);
  }
}

/** FNV-1a. Two codes of 32 equal bits would share a limit: with 100 callers one chance in a million. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
