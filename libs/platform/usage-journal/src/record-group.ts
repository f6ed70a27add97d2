import { DIGEST_OCTETS } from '@kakunin/usage';
import type { UsageError } from '@kakunin/usage';
import type { RequestClaims } from './request-claims.ts';
import type { RetryWindow } from './retry-window.ts';
import type { SegmentAppendix } from './segment-writer.ts';
import type { RecordedRequest, Waiter } from './waiter.ts';

/** With the seal size, what a message of the event log can come to at most. */
export const GROUP_OCTETS = 256 * 1024;
const GROUP_REQUESTS = 4096;

/** Records that share one sync, and those who wait for it. Reused: it allocates nothing while it fills. */
export class RecordGroup implements SegmentAppendix {
  readonly octets = Buffer.allocUnsafeSlow(GROUP_OCTETS);
  length = 0;
  count = 0;
  newest = 0;
  readonly #waiters: Waiter[] = [];
  readonly #times: number[] = [];
  /** Records of a request so far, the earlier ones included; 0 without a digest. */
  readonly #counts: number[] = [];
  readonly #digests = Buffer.alloc(GROUP_REQUESTS * DIGEST_OCTETS);

  get requests(): number {
    return this.#waiters.length;
  }

  hasRoomFor(octets: number): boolean {
    return this.length + octets <= GROUP_OCTETS && this.#waiters.length < GROUP_REQUESTS;
  }

  /** Takes the request, of which the first `known` records (which end at octet `from`) were recorded earlier. */
  add(
    { records, count, time, digest }: RecordedRequest,
    earlier: { known: number; end: number },
    waiter: Waiter,
  ): void {
    this.octets.set(earlier.end === 0 ? records : records.subarray(earlier.end), this.length);
    this.length += records.length - earlier.end;
    this.count += count - earlier.known;
    if (time > this.newest) this.newest = time;
    if (digest) this.#digests.set(digest, this.#waiters.length * DIGEST_OCTETS);
    this.#counts.push(digest ? count : 0);
    this.#times.push(time);
    this.#waiters.push(waiter);
  }

  /** Its records are synced: remembers the requests, and gives them free. */
  remember(window: RetryWindow, claims: RequestClaims): void {
    for (let index = 0; index < this.#counts.length; index += 1) {
      const count = this.#counts[index]!;
      if (count === 0) continue;
      window.remember(this.#digests, index * DIGEST_OCTETS, { time: this.#times[index]!, count });
      claims.release(this.#digests, index * DIGEST_OCTETS);
    }
  }

  /** Its records are not kept: gives the requests free. */
  forget(claims: RequestClaims): void {
    for (let index = 0; index < this.#counts.length; index += 1) {
      if (this.#counts[index]! > 0) claims.release(this.#digests, index * DIGEST_OCTETS);
    }
  }

  /** Tells everyone who waits, and is empty again. */
  settle(error: UsageError | undefined): void {
    for (const waiter of this.#waiters) {
      if (error) waiter.refused(error);
      else waiter.recorded();
    }
    this.length = this.count = this.newest = 0;
    this.#waiters.length = this.#times.length = this.#counts.length = 0;
  }
}
