import type { UsageEvent } from '@kakunin/usage';

const WITHOUT_NONCE = '\0'.repeat(16);

/** A digest as a Map key; undefined for the all-zero one of a request without nonce, which repeats nothing. */
export function digestKey(requestDigest: Uint8Array): string | undefined {
  const key = Buffer.from(requestDigest.buffer, requestDigest.byteOffset, requestDigest.length).toString('latin1');
  return key === WITHOUT_NONCE ? undefined : key;
}

/**
 * The request digests recorded within the last `length` milliseconds. They are kept in two halves, of which the older
 * is dropped whole, so that forgetting costs nothing.
 */
export class RetryWindow {
  #young = new Map<string, number>();
  #old = new Map<string, number>();
  #youngSince = 0;

  constructor(readonly length: number) {}

  remember({ requestDigest, time }: Pick<UsageEvent, 'requestDigest' | 'time'>): void {
    const key = digestKey(requestDigest);
    if (key === undefined) return;
    if (time - this.#youngSince > this.length) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngSince = time;
    }
    this.#young.set(key, time);
  }

  has(requestDigest: Uint8Array, now: number): boolean {
    const key = digestKey(requestDigest);
    const time = key === undefined ? undefined : (this.#young.get(key) ?? this.#old.get(key));
    return time !== undefined && now - time <= this.length;
  }
}
