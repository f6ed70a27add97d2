import type { UsageError } from '@kakunin/usage';
import type { CustomerTally } from './customer-tally.ts';

/** The answer that waits for its record. Told once, of either; it may be before `record` has returned. */
export interface Waiter {
  /**
   * The records survive a kill -9 and a power cut: the answer may leave.
   * @param events what they can be referred to by; undefined without a tally, and when nothing was recorded, because all
   * of the request was recorded earlier: nobody remembers where
   */
  recorded(events?: RecordedEvents): void;
  /** None of the records is kept: the answer must be `tryLater`. */
  refused(error: UsageError): void;
}

/** Where the events of a request lie. */
export interface RecordedEvents {
  /** Of the segment. */
  readonly sequence: bigint;
  /** Number of the first one among those of its customer in the segment, see `EventId`; the others follow. */
  readonly firstIndex: number;
  /** How many events of the request were recorded earlier than those: the ones at its beginning. */
  readonly known: number;
}

/** What one request is charged as. */
export interface RecordedRequest {
  /** Records as `UsageRecordTemplate` writes them, one a certificate; copied before `record` returns. */
  readonly records: Uint8Array;
  /** How many they are. */
  readonly count: number;
  /** Of the records, epoch milliseconds; not before the writer's `earliestTime`. */
  readonly time: number;
  /** `requestDigest` of the records; undefined for a request without nonce, which repeats nothing. */
  readonly digest: Uint8Array | undefined;
  /** Of the customer whose ledger the events go to, as the writer gives it; undefined: nobody asks for their numbers. */
  readonly tally?: CustomerTally;
}
