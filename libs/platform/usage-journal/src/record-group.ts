import { DIGEST_OCTETS } from '@kakunin/usage';
import type { UsageError } from '@kakunin/usage';
import type { CustomerTally } from './customer-tally.ts';
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
  /** Earliest time of a record in it, epoch ms. */
  oldest = Infinity;
  readonly #waiters: Waiter[] = [];
  readonly #times: number[] = [];
  readonly #tallies: (CustomerTally | undefined)[] = [];
  /** Records of each request that it does not hold, as they were recorded earlier. */
  readonly #known: number[] = [];
  /** Records of each request that it holds. */
  readonly #added: number[] = [];
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
    { records, count, time, digest, tally }: RecordedRequest,
    earlier: { known: number; end: number },
    waiter: Waiter,
  ): void {
    this.octets.set(earlier.end === 0 ? records : records.subarray(earlier.end), this.length);
    this.length += records.length - earlier.end;
    this.count += count - earlier.known;
    if (time < this.oldest) this.oldest = time;
    if (digest) this.#digests.set(digest, this.#waiters.length * DIGEST_OCTETS);
    this.#counts.push(digest ? count : 0);
    this.#times.push(time);
    this.#tallies.push(tally);
    this.#known.push(earlier.known);
    this.#added.push(count - earlier.known);
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

  /** Tells everyone who waits that the records are in this segment, and is empty again. */
  recorded(sequence: bigint): void {
    for (let index = 0; index < this.#waiters.length; index += 1) {
      const firstIndex = this.#tallies[index]?.add(sequence, this.#added[index]!);
      const events = firstIndex === undefined ? undefined : { sequence, firstIndex, known: this.#known[index]! };
      this.#waiters[index]!.recorded(events);
    }
    this.#clear();
  }

  /** Tells everyone who waits that nothing is kept, and is empty again. */
  refused(error: UsageError): void {
    for (const waiter of this.#waiters) waiter.refused(error);
    this.#clear();
  }

  #clear(): void {
    this.length = this.count = 0;
    this.oldest = Infinity;
    this.#waiters.length = this.#times.length = this.#counts.length = 0;
    this.#tallies.length = this.#known.length = this.#added.length = 0;
  }
}
