import type { UsageError } from '@kakunin/usage';

/** The answer that waits for its record. Told once, of either; it may be before `record` has returned. */
export interface Waiter {
  /** The records survive a kill -9 and a power cut: the answer may leave. */
  recorded(): void;
  /** None of the records is kept: the answer must be `tryLater`. */
  refused(error: UsageError): void;
}

/** What one request is charged as. */
export interface RecordedRequest {
  /** Records as `UsageRecordTemplate` writes them, one a certificate; copied before `record` returns. */
  readonly records: Uint8Array;
  /** How many they are. */
  readonly count: number;
  /** Of the records, epoch milliseconds. */
  readonly time: number;
  /** `requestDigest` of the records; undefined for a request without nonce, which repeats nothing. */
  readonly digest: Uint8Array | undefined;
}
