/**
 * - `no_tariff`: usage that no tariff covers; it must not fall outside the statement.
 * - `tariff_overlap`, `waiver_overlap`: two of the same scope hold at the same time.
 * - `invalid_validity`: a validity that is empty, or does not begin and end at midnight in Asia/Tokyo.
 * - `duplicate_id`: two of a kind with one id.
 * - `invalid_price`: a unit price below zero.
 */
export type BillingErrorCode =
  'no_tariff' | 'tariff_overlap' | 'waiver_overlap' | 'duplicate_id' | 'invalid_validity' | 'invalid_price';

/** What keeps a price list or a rating from being right. The message says what to do. */
export class BillingError extends Error {
  constructor(
    readonly code: BillingErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'BillingError';
  }
}
