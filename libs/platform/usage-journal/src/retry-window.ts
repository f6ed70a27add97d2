import type { UsageEvent } from '@kakunin/usage';

const WITHOUT_NONCE = '\0'.repeat(16);

/** A digest as a Map key; undefined for the all-zero one of a request without nonce, which repeats nothing. */
export function digestKey(requestDigest: Uint8Array): string | undefined {
  const key = Buffer.from(requestDigest.buffer, requestDigest.byteOffset, requestDigest.length).toString('latin1');
  return key === WITHOUT_NONCE ? undefined : key;
}

interface Remembered {
  /** Of the newest event, epoch milliseconds. */
  readonly time: number;
  readonly count: number;
}

/**
 * The request digests recorded within the last `length` milliseconds. They are kept in two halves, of which the older
 * is dropped whole, so that forgetting costs nothing.
 */
export class RetryWindow {
  #young = new Map<string, Remembered>();
  #old = new Map<string, Remembered>();
  #youngSince = 0;

  constructor(readonly length: number) {}

  remember({ requestDigest, time }: Pick<UsageEvent, 'requestDigest' | 'time'>): void {
    const key = digestKey(requestDigest);
    if (key === undefined) return;
    // As far behind: the clock was set back.
    if (Math.abs(time - this.#youngSince) > this.length) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngSince = time;
    }
    this.#young.set(key, { time, count: this.#count(key, time) + 1 });
  }

  /** How many events of this request were recorded; a crash may have left fewer than it has certificates. */
  count(requestDigest: Uint8Array, now: number): number {
    const key = digestKey(requestDigest);
    return key === undefined ? 0 : this.#count(key, now);
  }

  #count(key: string, now: number): number {
    const known = this.#young.get(key) ?? this.#old.get(key);
    return known && Math.abs(now - known.time) <= this.length ? known.count : 0;
  }
}
